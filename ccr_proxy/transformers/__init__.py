"""Named tweaks for models and providers that are not quite like the others; docs/transformers.md is their list.

Pure functions, but for `custom`, which loads users' files.

    transformer         what a transformer is, and what it is told (`Context`)
    registry            the explicit list of all of them
    chain               those of one provider and model, applied in order
    checks              what is wrong with a `use` list
    values              option values in their types
    custom, event_sink  transformers that users write in Python
    forwarding          an AnswerSink that passes everything on
    mended_arguments, json_prefix       broken tool arguments, mended for every model
    json_repair, schema_check, tagged_reasoning, exit_answer, conversation_edits    what single transformers are made of

The remaining files are the transformers, named after what they are called in the configuration.
"""
