"""Makes the text of `pg_dump --create` comparable, and takes no more out of it than what cannot be equal.

That is the database's name, in the statements that have it for their object, and the random key of \\restrict. Rows are
never touched: a database's name in a row is data."""
import re

from itertools import takewhile

STATEMENT = r"(?:CREATE|ALTER|COMMENT ON|SECURITY LABEL .* ON|(?:GRANT|REVOKE) .* ON) DATABASE |ALTER ROLE .* IN DATABASE "
COMMENT = r"-- (?:Data for )?Name: (?:DATABASE )?"


def normalised(text, database, in_order=True):
    named = re.compile(f"^({STATEMENT}|{COMMENT})({spellings(database)})(?=[ ;]|$)")
    lines = iter(text.split("\n"))
    kept = []
    for line in lines:
        if line.startswith(("\\restrict ", "\\unrestrict ")):
            continue
        if line.startswith("\\connect "):
            kept.append("\\connect DATABASE")
        elif line.startswith("COPY ") and line.endswith(" FROM stdin;"):
            rows = list(takewhile(lambda row: row != "\\.", lines))
            kept += [line, *(rows if in_order else sorted(rows)), "\\."]
        else:
            kept.append(named.sub(r"\1DATABASE", line))
    return "\n".join(kept)


def spellings(name):
    """As SQL quotes it, and bare: in a comment it is never quoted, in a statement where it can do without."""
    return re.escape('"' + name.replace('"', '""') + '"') + "|" + re.escape(name.replace("\n", " "))
