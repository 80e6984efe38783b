"""Feast's own SDK, unmodified, as a client of asof's server.

feast_client.py plain URL FOLDER            values, statuses, services, errors
feast_client.py lists URL FOLDER            of a server with --feast-lists
feast_client.py unreadable_lists URL FOLDER of one without
feast_client.py secure URL FOLDER CERT TOKEN
feast_client.py push URL FOLDER READER WRITER
"""

import base64
import datetime
import math
import re
import sys
import urllib.request
import uuid

import feast.errors
import pandas
import requests
from feast import (
    Entity, FeatureService, FeatureStore, FeatureView, Field, FileSource, PushSource, RepoConfig, ValueType
)
from feast.data_source import PushMode
from feast.infra.key_encoding_utils import EntityKeyProto
from feast.infra.online_stores.remote import RemoteOnlineStore
from feast.protos.feast.serving.ServingService_pb2 import FieldStatus
from feast.protos.feast.types.Value_pb2 import Value
from feast.types import Float64, Int64

_, mode, url, folder, *rest = sys.argv


def store(token=None, cert="", path=url, retries=3):
    auth = {"auth": {"type": "oidc", "token": token}} if token else {}
    online = {"type": "remote", "path": path, "cert": cert, "connection_retries": retries}
    return FeatureStore(
        config=RepoConfig(
            project="anything",
            registry=f"{folder}/registry.db",
            provider="local",
            online_store=online,
            entity_key_serialization_version=3,
            **auth,
        )
    )


def statuses(response):
    names = response.proto.metadata.feature_names.val
    return {
        name: [FieldStatus.Name(status) for status in result.statuses]
        for name, result in zip(names, response.proto.results)
    }


def equal(found, expected):
    """Equal, of equal types, NaN to NaN."""
    if type(found) is not type(expected):
        return False
    if isinstance(found, float):
        return found == expected or math.isnan(found) and math.isnan(expected)
    if isinstance(found, (list, tuple)):
        return len(found) == len(expected) and all(map(equal, found, expected))
    if isinstance(found, dict):
        return found.keys() == expected.keys() and all(equal(found[key], expected[key]) for key in found)
    return found == expected


def check(found, expected):
    assert equal(found, expected), f"found {found!r}, expected {expected!r}"


def raises(kind, message, **request):
    """The error has Feast's class and our message, and was not asked for more than once."""
    before = answered()
    try:
        response = store().get_online_features(**request)
    except Exception as error:
        assert type(error) is kind, f"{type(error)}: {error}"
        assert re.fullmatch(message, str(error)), f"{error!r}"
    else:
        raise AssertionError(f"no error but {response.to_dict()}")
    assert answered() == before + 1, "the client tried again"


def answered():
    with urllib.request.urlopen(f"{url}/metrics") as metrics:
        text = metrics.read().decode()
    return sum(int(count) for count in re.findall(r"^asof_requests_total\{.*\} (\d+)$", text, re.MULTILINE))


SEEN = int(datetime.datetime(2024, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc).timestamp())

# What the test has put into the table for drivers 1 and 2.
VALUES = {
    "trips": [9007199254740993, -1],
    "rating": [4.0, math.nan],
    # A whole number too: Feast's client would take `4` for an integer.
    "ratio": [0.10000000149011612, None],
    "name": ['Zoë "Z" \\ 日本 🙂', ""],
    "active": [True, False],
    "seen": [SEEN, None],
    "photo": [base64.b64encode(b"\x00\xff").decode(), ""],
    "code": ["00112233-4455-6677-8899-aabbccddeeff", None],
    "tags": [["a", "b,c"], None],
    "scores": [[1.0, 2.5], None],
    "visits": [[1, 2, 9007199254740993], None],
    "embedding": [[0.5, 1.0], None],
    "nothing": [None, None],
}
# NaN has no number in JSON: Feast's own server sends a string as well.
VALUES["rating"][1] = "NaN"


def values():
    features = [f"driver:{name}" for name in VALUES]
    response = store().get_online_features(features=features, entity_rows=[{"driver_id": 1}, {"driver_id": 2}])
    check(response.to_dict(), {"driver_id": [1, 2], **VALUES})
    expected = {
        name: ["NULL_VALUE" if value is None else "PRESENT" for value in column] for name, column in VALUES.items()
    }
    check(statuses(response), {"driver_id": ["PRESENT", "PRESENT"], **expected})
    # In the order asked for, which Feast's own server does not keep.
    check(list(response.to_dict()), ["driver_id", *VALUES])

    columns = store().get_online_features(
        features=["driver:trips", "driver:rating"], entity_rows={"driver_id": [2, 1, 2]}, full_feature_names=True
    )
    check(columns.to_dict(), {"driver_id": [2, 1, 2], "driver__trips": [-1, 9007199254740993, -1],
                              "driver__rating": ["NaN", 4.0, "NaN"]})
    frame = columns.to_df()
    check(list(frame.columns), ["driver_id", "driver__trips", "driver__rating"])
    check(list(map(int, frame["driver__trips"])), [-1, 9007199254740993, -1])


def missing():
    response = store().get_online_features(
        features=["driver:trips", "driver:name", "driver_recent:rating"], entity_rows={"driver_id": [1, 99, None]}
    )
    check(response.to_dict(), {"driver_id": [1, 99, None], "trips": [9007199254740993, None, None],
                               "name": [VALUES["name"][0], None, None], "rating": [None, None, None]})
    check(statuses(response), {"driver_id": ["PRESENT", "PRESENT", "NULL_VALUE"],
                               "trips": ["PRESENT", "NOT_FOUND", "NOT_FOUND"],
                               "name": ["PRESENT", "NOT_FOUND", "NOT_FOUND"],
                               "rating": ["OUTSIDE_MAX_AGE", "NOT_FOUND", "NOT_FOUND"]})


def services():
    service = FeatureService(name="driver_v1", features=[])
    response = store().get_online_features(
        features=service, entity_rows=[{"driver_id": 1, "shop": "s 1", "distance": 2.5}]
    )
    check(response.to_dict(), {"driver_id": [1], "shop": ["s 1"], "distance": [2.5], "share": [0.25],
                               "trips": [9007199254740993], "per_km": [1.6]})
    # A column that nothing needs is ignored; texts and whole floats are taken for numbers, as Feast takes them.
    response = store().get_online_features(
        features=service, entity_rows=[{"driver_id": "1", "shop": "s 1", "distance": 5, "colour": "red"}]
    )
    check(response.to_dict(), {"driver_id": [1], "shop": ["s 1"], "distance": [5.0], "share": [0.25],
                               "trips": [9007199254740993], "per_km": [0.8]})
    pairs = store().get_online_features(
        features=["pair:share"], entity_rows={"shop": ["s 1", "s 2", "s 1"], "driver_id": [1, 1, 7]},
        include_feature_view_version_metadata=True
    )
    check(pairs.to_dict()["share"], [0.25, None, None])
    check([view.name for view in pairs.proto.metadata.feature_view_metadata], ["pair"])


def errors():
    one = [{"driver_id": 1}]
    raises(feast.errors.FeatureViewNotFoundException, "Feature view nobody does not exist",
           features=["nobody:trips"], entity_rows=one)
    raises(feast.errors.FeastObjectNotFoundException, "feature `driver.nothing_such` does not exist",
           features=["driver:nothing_such"], entity_rows=one)
    raises(feast.errors.FeatureServiceNotFoundException, "feature service `nobody` does not exist",
           features=FeatureService(name="nobody", features=[]), entity_rows=one)
    raises(feast.errors.FeatureNameCollisionError, "Duplicate features named rating found; .*",
           features=["driver:rating", "driver_recent:rating"], entity_rows=one)
    raises(feast.errors.RequestDataNotFoundInEntityRowsException, "missing request data: distance",
           features=["fare:per_km"], entity_rows=one)
    raises(feast.errors.FeastError, "missing join key values for keys: shop .*",
           features=["pair:share"], entity_rows=one)
    raises(feast.errors.FeastError, "row 1 of `driver_id` is not int64",
           features=["driver:trips"], entity_rows={"driver_id": [1, "one"]})
    raises(feast.errors.FeastError, "row 0 of `driver_id` is not int64",
           features=["driver:trips"], entity_rows={"driver_id": [1.5]})
    raises(feast.errors.FeastError, "feature `trips` is not of the form `view:feature`",
           features=["trips"], entity_rows=one)
    raises(feast.errors.FeastError, "`driver_id` has 2 rows, `shop` has 1",
           features=["pair:share"], entity_rows={"driver_id": [1, 2], "shop": ["s 1"]})
    raises(feast.errors.FeastError, "`features` or `feature_service` is missing", features=[], entity_rows=one)
    raises(feast.errors.FeastError, "the request has 10001 entity rows; at most 10000 fit one request",
           features=["driver:trips"], entity_rows={"driver_id": list(range(10001))})


def older_clients():
    """SDKs before 0.64 ask for each view apart, with its first join key alone."""
    driver = Entity(name="driver", join_keys=["driver_id"], value_type=ValueType.INT64)
    source = FileSource(path="nothing.parquet", timestamp_field="happened")
    trips = FeatureView(
        name="driver", entities=[driver], source=source,
        schema=[Field(name="trips", dtype=Int64), Field(name="rating", dtype=Float64)],
    )
    keys = [EntityKeyProto(join_keys=["driver_id"], entity_values=[Value(int64_val=id)]) for id in (1, 99)]
    config = store().config
    found = RemoteOnlineStore().online_read(config, trips, keys, ["trips", "rating"])
    check(found[0][0], datetime.datetime(2024, 1, 2, 3, 4, 5, 123456, tzinfo=datetime.timezone.utc))
    check(found[0][1]["trips"].int64_val, 9007199254740993)
    check(found[0][1]["rating"].double_val, 4.0)
    check(found[1][1]["trips"].WhichOneof("val"), None)
    # Half a key is refused, where it would be answered with another entity's values or none.
    pair = FeatureView(name="pair", entities=[driver], source=source, schema=[Field(name="share", dtype=Float64)])
    halves = [EntityKeyProto(join_keys=["driver_id", "shop"], entity_values=[Value(int64_val=1), Value(string_val="s 1")])]
    try:
        RemoteOnlineStore().online_read(config, pair, halves, ["share"])
    except feast.errors.FeastError as error:
        assert "missing join key values for keys: shop" in str(error), error
    else:
        raise AssertionError("half a key was answered")


def secure():
    cert, token = rest
    request = {"features": ["driver:trips"], "entity_rows": [{"driver_id": 1}]}
    check(store(token, cert).get_online_features(**request).to_dict()["trips"], [9007199254740993])
    for other, message in ((None, "a token is needed.*"), (token + "x", "the token is not .*"), ("x", "the token is not .*")):
        try:
            store(other, cert).get_online_features(**request)
        except feast.errors.FeastPermissionError as error:
            assert re.fullmatch(message, str(error)), error
        else:
            raise AssertionError(f"the token {other} was taken")
    # The system's authorities do not know the certificate; plain HTTP gets no answer that is one.
    for path in (url, url.replace("https", "http")):
        try:
            store(token, "", path, retries=0).get_online_features(**request)
        except requests.exceptions.ConnectionError:
            pass
        else:
            raise AssertionError(f"{path} was trusted")


def push():
    """Feast's own push, which asks for /write-to-online-store with the features by name."""
    reader, writer = rest
    batch = f"{folder}/batch.parquet"
    at = datetime.datetime(2024, 5, 1, 10, 0, 0, 123456, tzinfo=datetime.timezone.utc)
    known = datetime.datetime(2024, 5, 1, 10, 0, 1, tzinfo=datetime.timezone.utc)

    def rows(rating, minutes=0):
        later = datetime.timedelta(minutes=minutes)
        return pandas.DataFrame({
            "driver_id": [1, 2], "rating": [rating, None], "trips": [9007199254740993, 2],
            "event_timestamp": [at + later, at + later], "created": [known + later, known + later],
        })

    rows(0.0).to_parquet(batch)
    driver = Entity(name="driver", join_keys=["driver_id"], value_type=ValueType.INT64)
    source = PushSource(
        name="fresh_trips",
        batch_source=FileSource(path=batch, timestamp_field="event_timestamp", created_timestamp_column="created"),
    )
    view = FeatureView(
        name="fresh", entities=[driver], source=source,
        schema=[
            Field(name="driver_id", dtype=Int64), Field(name="rating", dtype=Float64), Field(name="trips", dtype=Int64)
        ],
    )
    client = store(writer)
    client.apply([driver, source, view])
    request = {"features": ["fresh:rating", "fresh:trips"], "entity_rows": {"driver_id": [1, 2]}}
    for _ in range(2):
        client.push("fresh_trips", rows(4.5), to=PushMode.ONLINE)
    check(client.get_online_features(**request).to_dict(),
          {"driver_id": [1, 2], "rating": [4.5, None], "trips": [9007199254740993, 2]})
    client.push("fresh_trips", rows(5.0, minutes=1))
    client.push("fresh_trips", rows(1.0, minutes=-1))
    check(client.get_online_features(**request).to_dict()["rating"], [5.0, None])
    try:
        store(reader).push("fresh_trips", rows(9.0))
    except feast.errors.FeastPermissionError as error:
        assert "a token of its own" in str(error), error
    else:
        raise AssertionError("a reader pushed")
    check(store(reader).get_online_features(**request).to_dict()["rating"], [5.0, None])
    # The same key and times with other values is a contradiction, not an update.
    try:
        client.push("fresh_trips", rows(7.0, minutes=1))
    except feast.errors.FeastError as error:
        assert "a correction needs a later" in str(error), error
    else:
        raise AssertionError("a contradiction was taken")


LISTS = {"features": ["driver:trips", "driver:tags", "driver:scores", "driver:visits"], "entity_rows": [{"driver_id": 3}, {"driver_id": 1}]}


def lists():
    """Those that Feast's types have no form for are null, the others as they are."""
    response = store().get_online_features(**LISTS)
    check(response.to_dict()["trips"], [7, 9007199254740993])
    check(response.to_dict()["tags"], [None, ["a", "b,c"]])
    check(response.to_dict()["scores"], [None, [1.0, 2.5]])
    check(response.to_dict()["visits"], [None, [1, 2, 9007199254740993]])
    check(statuses(response)["tags"], ["PRESENT", "PRESENT"])


def unreadable_lists():
    """What the option is for: without it the client fails."""
    for feature in ["driver:tags", "driver:scores"]:
        try:
            store().get_online_features(features=[feature], entity_rows=LISTS["entity_rows"])
        except (TypeError, ValueError):
            continue
        raise AssertionError(f"{feature}: Feast's client can read such lists now")


if mode == "plain":
    values()
    missing()
    services()
    errors()
    older_clients()
elif mode == "push":
    push()
elif mode == "lists":
    lists()
elif mode == "unreadable_lists":
    unreadable_lists()
else:
    secure()
