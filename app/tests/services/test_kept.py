from concurrent.futures import ThreadPoolExecutor

from app.services.kept import Kept


def test_the_oldest_goes_where_there_is_no_room(app):
    kept: Kept[int, str] = Kept(2)
    for number in range(3):
        kept.put(number, str(number))

    assert [kept.get(number) for number in range(3)] == [None, "1", "2"]


def test_what_is_meant_is_forgotten(app):
    kept: Kept[int, str] = Kept(3)
    for number in range(3):
        kept.put(number, str(number))

    kept.forget(lambda number: number == 1)

    assert [kept.get(number) for number in range(3)] == ["0", None, "2"]


def test_threads_do_not_disturb_each_other(shared_app):
    kept: Kept[int, int] = Kept(5)

    def use(start: int) -> None:
        with shared_app.app_context():
            for number in range(start, start + 2000):
                kept.put(number % 50, number)
                kept.get((number + 7) % 50)
                if not number % 100:
                    kept.forget()

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(use, 100 * each) for each in range(4)]:
            done.result()
