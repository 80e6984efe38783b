# The features of Benchmarks/online/features as Feast has them: 5 views of 50 floats, from the same tables.
from datetime import timedelta

from feast import Entity, FeatureService, FeatureView, Field
from feast.infra.offline_stores.contrib.postgres_offline_store.postgres_source import PostgreSQLSource
from feast.types import Float64
from feast.value_type import ValueType

card = Entity(name="card", join_keys=["card_id"], value_type=ValueType.INT64)


def view(number):
    source = PostgreSQLSource(
        name=f"events_{number}",
        query=f"SELECT * FROM bench_online_{number}",
        timestamp_field="occurred_at",
        created_timestamp_column="created_at",
    )
    return FeatureView(
        name=f"view_{number}",
        entities=[card],
        ttl=timedelta(0),
        schema=[Field(name=f"f{number}_{feature}", dtype=Float64) for feature in range(50)],
        source=source,
    )


views = [view(number) for number in range(5)]
view_0, view_1, view_2, view_3, view_4 = views
fifty = FeatureService(name="fifty", features=[view_0])
everything = FeatureService(name="all", features=views)
