from app.tests.factories import make_post, make_follow


def test_everything(client, susan, john, client_of):
    assert client.get("/").status_code == 200
    make_follow(susan, john)
    make_post(john, "Hello @susan #soup https://example.org/a")
    c = client_of(susan)
    for path in ["/", "/explore", "/@john", "/@john/followers", "/@susan/following", "/tags/soup", "/settings/profile", "/settings/preferences", "/about"]:
        r = c.get(path)
        assert r.status_code == 200, (path, r.text[:2000])
