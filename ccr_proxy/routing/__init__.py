"""Where a request goes, and why. No IO, no clock: facts in, decision out.

facts.py            facts_of(body, headers, counter): what the request is
  conversation.py     the prompt, plan mode, images
  thinking.py         whether thinking was asked for or is only offered
  background.py       the client's own errands: titles, page summaries
  subagent_tag.py     <CCR-SUBAGENT-MODEL>
  session.py          the session's id
  token_estimate.py   TokenCounter: counts only what is new
    content_pieces.py   what of a message costs tokens
    byte_classes.py     kinds of bytes, the measure
    token_families.py   tokens per kind of byte, by tokenizer
    image_size.py       what an image costs
decide.py           decide(facts, config, circumstances): the order of the routes
  circumstances.py    what is handed in besides the request
  situation.py        what the steps work with
  routes.py           the routes by what a request is
  rule_match.py       whether a rule's condition holds, and why
  targets.py          names of models to providers and models
  decision.py         the outcome: targets, reason, explanation
explain.py          a decision in words
effective.py        project and session routers
rewrite.py          a rule's changes to a request
custom_request.py   what the custom router is told
"""
