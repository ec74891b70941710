"""What Claude Code itself wrote down: its transcripts under `~/.claude/projects`, read for the tokens they report.

files         where the transcripts are, and which session and project each belongs to
records       one line -> one record
duplicates    which of several lines about one answer counts
sums          a file's records -> sums by quarter of an hour
reading       the sums of all files; what has not changed is not read again
cache_file    these sums in a file
periods       days, weeks and months of a time zone
blocks        windows of five hours
prices        what a model's tokens cost
totals        tokens and cost added up
query         sums -> the lines of a report
ccusage_json  lines -> the JSON of ccusage
"""
