"""Joins judgements of one thing: met only when all are, not met when one is not."""

from collections.abc import Sequence

from cellwall.migrate.criteria.evaluator import Judgement


def together(judgements: Sequence[Judgement]) -> Judgement:
    """Give one judgement of several; the evidence of each stands in it once."""
    answers = {judgement.met for judgement in judgements}
    met = False if False in answers else (None if None in answers or not answers else True)
    return Judgement(met, "; ".join(dict.fromkeys(judgement.evidence for judgement in judgements)))
