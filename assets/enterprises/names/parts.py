"""The parts of a name: region, core (字号), trade, legal form, branch."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import polars as pl

from assets.enterprises.names.folding import lettered, normalised
from assets.enterprises.names.regions import regions
from assets.enterprises.names.words import (
    BRANCHES,
    COMPANY_FORMS,
    FORM_KINDS,
    LATIN_FORMS,
    LATIN_INNER,
    LATIN_SAME,
    OTHER_FORMS,
    PARENTS,
    TRADES,
)

_UP_TO_FORM = rf"^.+?(?:{COMPANY_FORMS})"
_FORM_AT_END = rf"(?:{COMPANY_FORMS})$"
_EXTRA = rf"^(?:{OTHER_FORMS}|\(有限公司\))$"
ONLY_FORM = rf"^(?:{COMPANY_FORMS}|{OTHER_FORMS}|{BRANCHES}|集团|有限)+$"
_OTHER = rf"^(.{{2,}}?)({OTHER_FORMS}|\(有限公司\)|\(?集团\)?)$"
_OFFSPRING = rf"^(.{{2,}}?(?:{PARENTS}))(.*(?:{BRANCHES}))$"
_TRADE = rf"^(.{{2,}}?)((?:{'|'.join(TRADES)})*)$"
_ALL_TRADE = rf"^(?:{'|'.join(TRADES)})*$"
_FORM = "|".join(LATIN_FORMS)
_LATIN_OUTER = rf"^(?:({_FORM}) )?(.+?)(?: ({_FORM}))*$"
_LATIN_INNER = rf"^(.+?) ({LATIN_INNER}) (.+)$"
_PIECE = 100_000
# As many region words, in as many characters, at the head of a name.
_WORDS, _REGION = 4, 24
_NUMERALS = "0123456789一二三四五六七八九十"
_DIGITS = dict(zip("0123456789", "〇一二三四五六七八九", strict=True))

PARTS = ["name", "region_code", "core", "trade", "form", "group", "branch", "numerals", "parent"]


def split_names(names: pl.Series) -> pl.DataFrame:
    """The parts of each name, a row a name in the given order.

    Columns: `name` (normalised), `region_code` (GB/T 2260 code of the region words, where they
    name one place), `core` (字号; never empty for a name), `trade` (industry words), `form` (kind
    of the legal form), `group` (whether it is a 集团), `branch` (what follows the legal form),
    `numerals` (numbers in core, trade and branch), `parent` (the name before the branch,
    normalised). A part that a name does not have is null, and all are for a null name. A name that
    is only a suffix is its own core.
    """
    pieces = [names.slice(start, _PIECE) for start in range(0, len(names), _PIECE)]
    regions()  # made once, before the threads
    with ThreadPoolExecutor(pl.thread_pool_size()) as pool:
        return pl.concat(list(pool.map(_split, pieces))) if pieces else _split(names)


def _split(names: pl.Series) -> pl.DataFrame:
    table = pl.DataFrame([names.alias("given"), normalised(names).alias("name")]).with_row_index()
    chinese = pl.col("name").str.contains(r"\p{Han}")
    parts = [
        _chinese(table.filter(chinese)),
        _latin(table.filter(~chinese)),
        table.filter(pl.col("name").is_null()).select("index"),
    ]
    return pl.concat(parts, how="diagonal").sort("index").select(PARTS)


def _chinese(table: pl.DataFrame) -> pl.DataFrame:
    name = pl.col("name")
    # A name that is only a suffix is taken apart no further.
    whole = pl.when(~name.str.contains(ONLY_FORM)).then(name)
    cut = table.with_columns(whole.alias("whole"), *_cut_at_form(whole))
    other = pl.col("whole").str.extract_groups(_OTHER).struct
    offspring = pl.col("whole").str.extract_groups(_OFFSPRING).struct
    no_company = cut.filter(pl.col("head").is_null()).select(
        "index",
        pl.coalesce(offspring[0], other[0], "name").alias("head"),
        other[1].alias("form_text"),
        offspring[1].alias("tail"),
    )
    cut = pl.concat(
        [
            cut.filter(pl.col("head").is_not_null()),
            cut.select("index", "name").join(no_company, on="index"),
        ],
        how="diagonal",
    )
    extra = pl.col("tail").str.contains(_EXTRA)
    cut = cut.with_columns(
        pl.when(extra).then("tail").otherwise("form_text").alias("form_text"),
        pl.when(~extra & (pl.col("tail") != "")).then("tail").alias("branch"),
    )
    return (
        _cored(_regioned(cut))
        .with_columns(
            pl.coalesce(
                pl.when(pl.col("form_text").str.contains(text, literal=True)).then(pl.lit(kind))
                for text, kind in FORM_KINDS.items()
            ).alias("form"),
            pl.concat_str("head", pl.col("form_text").fill_null(""))
            .str.contains("集团", literal=True)
            .alias("group"),
            pl.when(pl.col("branch").is_not_null())
            .then(name.str.head(name.str.len_chars() - pl.col("branch").str.len_chars()))
            .alias("parent"),
        )
        .select("index", *PARTS)
    )


def _cut_at_form(whole: pl.Expr) -> list[pl.Expr]:
    """`head`, `form_text` and `tail` around the first legal form; null without one.

    By what replacing leaves over: capture groups take three times as long.
    """
    tail = whole.str.replace(_UP_TO_FORM, "")
    upto = whole.str.head(whole.str.len_chars() - tail.str.len_chars())
    head = upto.str.replace(_FORM_AT_END, "")
    found = pl.when(head != "")
    return [
        found.then(head).alias("head"),
        found.then(upto.str.slice(head.str.len_chars())).alias("form_text"),
        found.then(tail).alias("tail"),
    ]


def _regioned(cut: pl.DataFrame) -> pl.DataFrame:
    """With `region_code`, and `body`: the head without region words and brackets."""
    head = pl.col("head")
    bracket = head.str.extract(r"\(([^()]*)\)")
    bracketed = cut.filter(head.str.contains("(", literal=True)).select(
        "index", inside=bracket.fill_null("")
    )
    bracketed = _with_region(bracketed, "inside").filter(
        (pl.col("inside") != "") & (pl.col("inside_taken") == pl.col("inside").str.len_chars())
    )
    found = _with_region(cut, "head").join(bracketed, on="index", how="left")
    rest = head.str.slice(pl.col("head_taken"))
    body = (
        pl.when(pl.col("inside").is_not_null())
        .then(rest.str.replace(r"\([^()]*\)", ""))
        .otherwise(rest)
        .str.replace_all(r"[()]", "")
    )
    lone = pl.col("head_lone") & body.str.contains(_ALL_TRADE)
    keep = (body.str.len_chars() < 2) | lone
    return found.with_columns(
        pl.when(keep).then(head.str.replace_all(r"[()]", "")).otherwise(body).alias("body"),
        pl.coalesce(pl.when(~keep).then("head_code"), "inside_code").alias("region_code"),
    )


def _with_region(table: pl.DataFrame, column: str) -> pl.DataFrame:
    """With what the region words at the head of a column take and stand for."""
    known = regions()
    text = pl.col(column)
    found = table.with_columns(
        text.str.head(_REGION).str.extract_many(list(known.words), leftmost=True).alias("words")
    )
    # The words that follow each other from the start, as one text: few differ.
    chain, at = pl.lit(""), pl.lit(0)
    unbroken = pl.lit(True)
    for n in range(_WORDS):
        word = pl.col("words").list.get(n, null_on_oob=True)
        size = word.str.len_chars().fill_null(0)
        unbroken = unbroken & (size > 0) & (text.str.slice(at, size) == word)
        chain = pl.concat_str(chain, pl.when(unbroken).then(word + "|").otherwise(pl.lit("")))
        at = at + size
    found = found.with_columns(chain.alias("chain")).drop("words")
    distinct = found["chain"].unique()
    rows = [known.resolve(tuple(words.split("|")[:-1])) for words in distinct]
    schema = {
        "chain": pl.String,
        f"{column}_taken": pl.Int64,
        f"{column}_code": pl.String,
        f"{column}_lone": pl.Boolean,
    }
    resolved = pl.DataFrame(
        [(words, *row) for words, row in zip(distinct, rows, strict=True)], schema, orient="row"
    )
    return found.join(resolved, on="chain", how="left", maintain_order="left").drop("chain")


def _cored(found: pl.DataFrame) -> pl.DataFrame:
    """With core and trade of the body, and the numerals of body and branch."""
    groups = pl.col("body").str.extract_groups(_TRADE).struct
    text = pl.concat_str("body", pl.col("branch").fill_null(""))
    numerals = text.str.replace_all(rf"[^{_NUMERALS}〇]", "").str.replace_many(_DIGITS)
    return found.with_columns(
        # A body of one character, or of nothing but brackets, is its own core.
        pl.coalesce(groups[0], pl.when(pl.col("body") != "").then("body"), "name").alias("core"),
        _filled(groups[1]).alias("trade"),
        _filled(numerals).alias("numerals"),
    )


def _filled(text: pl.Expr) -> pl.Expr:
    return pl.when(text != "").then(text)


def _latin(table: pl.DataFrame) -> pl.DataFrame:
    """Names without Chinese characters: words, of which legal forms are taken off both ends."""
    words = pl.col("given").map_batches(_words, return_dtype=pl.String)
    outer = pl.col("words").str.extract_groups(_LATIN_OUTER).struct
    inner = pl.col("words").str.extract_groups(_LATIN_INNER).struct
    form = pl.coalesce(inner[1], outer[2], outer[0])
    core = pl.coalesce(inner[0], outer[1]).str.replace_all(" ", "")
    digits = pl.col("words").str.replace_all(r"[^0-9]", "").str.replace_many(_DIGITS)
    return table.with_columns(words.alias("words")).select(
        "index",
        "name",
        pl.lit(None, pl.String).alias("region_code"),
        pl.when(core != "").then(core).otherwise("name").alias("core"),
        pl.lit(None, pl.String).alias("trade"),
        form.replace(LATIN_SAME).alias("form"),
        pl.lit(False).alias("group"),
        inner[2].alias("branch"),
        _filled(digits).alias("numerals"),
        pl.when(inner[2].is_not_null())
        .then(pl.concat_str(inner[0], inner[1]).str.replace_all(" ", ""))
        .alias("parent"),
    )


def _words(names: pl.Series) -> pl.Series:
    """The words of names in capitals: B.V. and A/S are one word each."""
    letters = lettered(names).str.replace_all(r"[./'’`´\"]", "").str.replace_all("&", " AND ")
    return letters.str.replace_all(r"[^\p{L}\p{N}]+", " ").str.strip_chars()
