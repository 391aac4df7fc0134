from netra_backend.tests.unit.builders import search_tool, sentence


async def test_finds_by_one_word():
    found = await search_tool().execute({"query": "refunds"})
    assert found == ["Refunds take five working days."]


async def test_all_words_must_be_there(handbook):
    found = await search_tool().execute({"query": "account thirty"})
    assert found == [line for line in handbook if "thirty" in line]


async def test_empty_query_finds_nothing():
    assert await search_tool().execute({"query": ""}) == []
    assert await search_tool().execute({}) == []


async def test_sentence_helper_fits_the_handbook(handbook):
    assert sentence("refunds", "take", "five", "working", "days") in handbook
