"""The six products are exactly the table of the article, each one table in a file of its own.

"Instant messaging or real-time communication: behind the scene" (2021): MQTT is MQTT over
WebSocket, the API is HTTP. None marks what the article does not mention.
"""

import ast
from pathlib import Path

import pytest
from small import scenario

from models import DESIGNS
from models.designs import products
from sim.experiment.run import run_replication
from sim.metrics.conservation import conservation
from sim.metrics.judged import Judged

ARTICLE = {
    # product: list, send, receive, typing, seen
    "messenger": ("mqtt", "mqtt", "mqtt", "mqtt", None),
    "instagram": ("http", "mqtt", "mqtt", "mqtt", "http"),
    "telegram": ("websocket", "websocket", "websocket", "websocket", "websocket"),
    "slack": ("http", "http", "websocket", "websocket", None),
    "discord": ("http", "http", "websocket", "http", "http"),
    "zalo": ("http", "http", "long-poll", "http", "http"),
}
ACTIONS = ("list", "send", "receive", "typing", "seen")
PRODUCTS = [DESIGNS[name] for name in ARTICLE]
FILES = sorted(Path(products.__file__).parent.glob("[a-z]*.py"))


def test_products_are_those_of_the_article():
    assert [file.stem for file in FILES if file.stem != "article"] == sorted(ARTICLE)
    assert list(DESIGNS)[-len(ARTICLE) :] == sorted(ARTICLE)


@pytest.mark.parametrize("product", PRODUCTS, ids=ARTICLE)
def test_channels_are_those_of_the_article(product):
    for action, channel in zip(ACTIONS, ARTICLE[product.name], strict=True):
        if channel is None:
            assert any(action in assumed for assumed in product.assumptions), action
        else:
            assert getattr(product, action) == channel, action


@pytest.mark.parametrize("product", PRODUCTS, ids=ARTICLE)
def test_only_what_the_article_leaves_open_is_an_assumption_and_the_source_is_named(product):
    """No product's guarantees are in the article: every one assumes something."""
    assert product.assumptions
    assert any("behind the scene (2021)" in source for source in product.sources)
    unnamed = [a for a, channel in zip(ACTIONS, ARTICLE[product.name], strict=True) if not channel]
    marked = {text.split()[0] for text in product.assumptions if "not named" in text}
    assert marked == set(unnamed)


def test_discord_keeps_the_contradiction_of_its_source_visible():
    said = " ".join(DESIGNS["discord"].assumptions)
    assert "typing on the WebSocket" in said
    assert "table on the API" in said


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_products_are_tables_and_nothing_more(file):
    tree = ast.parse(file.read_text("utf-8"))
    statements = {type(node) for node in tree.body}
    # docstring, imports, tables
    assert statements <= {ast.Expr, ast.ImportFrom, ast.AnnAssign}


@pytest.mark.parametrize("product", PRODUCTS, ids=ARTICLE)
def test_a_product_runs_and_each_action_takes_its_channel(product):
    history = run_replication(scenario(designs=[product.name]), product, 0)
    assert conservation(Judged(history))["adds_up"]
    names = sorted({getattr(product, action) for action in ACTIONS})
    assert history.meta["channels"] == names
    used = history.tables["traffic"]
    assert (used["messages"][used["direction"] == 1] > 0).all()
