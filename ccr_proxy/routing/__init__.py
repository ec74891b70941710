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
decide.py           decide(facts, config): the order of the rules
targets.py          names of models to providers and models
"""
