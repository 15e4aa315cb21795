"""What it is worth to know a part of a sequence, exactly: scores that several tasks share."""

import math


def multiset(number: int, alphabet: int) -> float:
    """The score of knowing how often each symbol occurred among `number`, and not in which order.

    The symbols are drawn independently from `alphabet`. The best answer gives each of them the
    probability count / number: the score is 1 − E[H(counts / number)] / ln alphabet. The expected
    entropy is a sum over how often one symbol occurs, which is binomial.
    """
    expected = 0.0
    for count in range(1, number + 1):
        chance = math.comb(number, count) * (alphabet - 1) ** (number - count) / alphabet**number
        share = count / number
        expected -= alphabet * chance * share * math.log(share)
    return 1 - expected / math.log(alphabet)


def pairs_seen(steps: int, pairs: int, values: int) -> float:
    """The score of seeing the last `steps` steps of pairs, if any key may be asked for its value.

    The first step that is seen may be a value, whose key is one of those not seen: it is somewhat
    likelier to be the answer where that is asked.
    """
    whole, orphan = divmod(min(max(steps, 0), 2 * pairs), 2)
    others = pairs - whole
    if not others:
        return 1.0
    # The chance that the orphan belongs to the key, and otherwise any value is as likely.
    share = (1 / others if orphan else 0) * (1 - 1 / values) + 1 / values
    rest = (1 - share) / (values - 1)
    left = -share * math.log(share) - (values - 1) * (rest * math.log(rest) if rest else 0)
    return 1 - others / pairs * left / math.log(values)
