"""The wizard of the set-up: the same answers that flags would give, asked for one after another.

answers     what has been answered so far, and the request that it makes
steps       the questions, each a function of what is answered already
run         their order, with a way back from each; then plan, diff, consent, and the set-up itself
models      the provider's own list of models, which is also the live check of its key
"""
