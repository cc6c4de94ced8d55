"""The six products are exactly the table of the article, each one entry in one module.

"Instant messaging or real-time communication: behind the scene" (2021): MQTT is MQTT over
WebSocket, the API is HTTP. None marks what the article does not mention.
"""

import ast
from pathlib import Path

import pytest
from small import scenario

from models import DESIGNS, products
from models.products import PRODUCTS
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


def test_products_are_those_of_the_article():
    assert [product.name for product in PRODUCTS] == list(ARTICLE)
    assert all(DESIGNS[product.name] is product for product in PRODUCTS)


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


def test_products_are_tables_and_nothing_more():
    tree = ast.parse(Path(products.__file__).read_text("utf-8"))
    statements = {type(node) for node in tree.body}
    assert statements <= {ast.Expr, ast.ImportFrom, ast.AnnAssign}  # docstring, imports, tables


@pytest.mark.parametrize("product", PRODUCTS, ids=ARTICLE)
def test_a_product_runs_and_each_action_takes_its_channel(product):
    history = run_replication(scenario(designs=[product.name]), product, 0)
    assert conservation(Judged(history))["adds_up"]
    names = sorted({getattr(product, action) for action in ACTIONS})
    assert history.meta["channels"] == names
    used = history.tables["traffic"]
    assert (used["messages"][used["direction"] == 1] > 0).all()
