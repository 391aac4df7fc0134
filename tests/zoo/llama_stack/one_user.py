from service import USER, answer


async def test_a_stream_knows_who_asked(user_context):
    assert USER.get() is None
    assert await answer(user_context.user_id) == [(number, user_context.user_id) for number in range(3)]
