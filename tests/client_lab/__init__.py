"""The client lab with more upstream dialects: the real Claude Code against Responses and Gemini providers.

The lab itself (a scripted mock upstream and its scenarios) stands beside the checkout in `../shared/client-lab`; here
is what it lacks. `python -m tests.client_lab --help` says how to run it.
"""
