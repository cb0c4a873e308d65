import cProfile, pstats
from pathlib import Path
from tests.journeys.test_real_election import *
import tests.journeys.test_real_election as m
m.the_count_is_the_files = lambda *a: None
del test_a_made_up_election_comes_out_as_a_plain_count_says, test_a_real_election_comes_out_as_a_plain_count_says
async def test_part(hall):
    pr=cProfile.Profile(); pr.enable()
    await journey(hall, Path("/tmp/part.pb"), Case(name="x", rule=GREEDY, by_forms=4))
    pr.disable(); pstats.Stats(pr).sort_stats("tottime").print_stats(45)
    pstats.Stats(pr).sort_stats("cumtime").print_stats("talkoot|tests|msgspec|httpx2/_client|httpcore2/_async/http11", 40)
