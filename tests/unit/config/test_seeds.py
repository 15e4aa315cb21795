from itertools import product

from recall_horizon.config.seeds import Stream, generator, torch_seed


def test_no_two_streams_or_places_share_their_numbers():
    places = [(), (5,), (10,), (5, 0), (5, 1), (10, 0), (0, 5), (5, 0, 1), (5, 1, 0)]
    keys = list(product([0, 1, 2026], Stream, places))
    draws = {int(generator(seed, stream, *place).integers(2**63)) for seed, stream, place in keys}
    assert len(draws) == len(keys)
    assert len({torch_seed(seed, stream, *place) for seed, stream, place in keys}) == len(keys)


def test_a_place_has_the_same_numbers_every_time():
    first, second = (generator(7, Stream.POOL, 5).standard_normal(9) for _ in range(2))
    assert (first == second).all()
    assert torch_seed(7, Stream.WEIGHTS, 5, 0) == torch_seed(7, Stream.WEIGHTS, 5, 0)


def test_streams_keep_the_numbers_that_results_were_made_with():
    assert [stream.value for stream in list(Stream)[:6]] == [0, 1, 2, 3, 4, 5]
    assert (Stream["POOL"], Stream["WEIGHTS"]) == (0, 3)
    assert torch_seed(2026, Stream.WEIGHTS, 5, 0) == 15220779612992438836


def test_neighbouring_streams_are_not_correlated():
    a, b = (generator(1, Stream.POOL, length).standard_normal(10_000) for length in (5, 6))
    assert abs((a * b).mean()) < 0.05


def test_a_seed_for_torch_fits_64_bits():
    assert all(0 <= torch_seed(2**100, Stream.WEIGHTS, place) < 2**64 for place in range(50))
