"""What requests took and what that cost.

request_record.py   one finished request, and the seam behind which records are written down
ledger.py           the sink of a gateway: a queue, and one thread that writes
rows.py             from records to rows, pure
quarters.py         what sums are kept apart by, pure
store.py            rows into the file, in one transaction each time; what is too old goes
database.py         the only module that opens SQLite: rights, versions, what its errors mean
migrations.py       the tables, step by step
price.py            what tokens cost at a price, pure
price_names.py      from configured names to those of the price table, pure
price_table.py      prices.json, the prices that are shipped
price_book.py       these, and over them the prices of the configuration
spent.py            what budgets begin with
totals.py           sums between two times by day, hour, model, provider, route, session or project
transcripts/        what Claude Code itself wrote down, for `ccr usage`
"""
