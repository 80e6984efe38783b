/// One column of a result: its name and type, as Postgres numbers types.
package struct PostgresColumn: Sendable, Hashable {
    package let name: String
    package let type: PostgresTypeID
    /// The type's own detail, such as a length or precision; -1 when it has none.
    package let typeModifier: Int32

    package init(name: String, type: PostgresTypeID, typeModifier: Int32 = -1) {
        self.name = name
        self.type = type
        self.typeModifier = typeModifier
    }
}

/// The number (`oid`) of a type in `pg_type`. Those of built-in types never change.
package struct PostgresTypeID: Sendable, Hashable {
    package let oid: UInt32

    package init(_ oid: UInt32) {
        self.oid = oid
    }

    /// Lets the server infer the type.
    static let unspecified = PostgresTypeID(0)

    package static let bool = PostgresTypeID(16)
    package static let bytea = PostgresTypeID(17)
    package static let char = PostgresTypeID(18)
    package static let name = PostgresTypeID(19)
    package static let int8 = PostgresTypeID(20)
    package static let int2 = PostgresTypeID(21)
    package static let int4 = PostgresTypeID(23)
    package static let text = PostgresTypeID(25)
    package static let json = PostgresTypeID(114)
    package static let float4 = PostgresTypeID(700)
    package static let float8 = PostgresTypeID(701)
    package static let bpchar = PostgresTypeID(1042)
    package static let varchar = PostgresTypeID(1043)
    package static let date = PostgresTypeID(1082)
    package static let time = PostgresTypeID(1083)
    package static let timestamp = PostgresTypeID(1114)
    package static let timestamptz = PostgresTypeID(1184)
    package static let interval = PostgresTypeID(1186)
    package static let numeric = PostgresTypeID(1700)
    package static let uuid = PostgresTypeID(2950)
    package static let jsonb = PostgresTypeID(3802)

    package static let boolArray = PostgresTypeID(1000)
    package static let byteaArray = PostgresTypeID(1001)
    package static let int2Array = PostgresTypeID(1005)
    package static let int4Array = PostgresTypeID(1007)
    package static let textArray = PostgresTypeID(1009)
    package static let bpcharArray = PostgresTypeID(1014)
    package static let varcharArray = PostgresTypeID(1015)
    package static let int8Array = PostgresTypeID(1016)
    package static let float4Array = PostgresTypeID(1021)
    package static let float8Array = PostgresTypeID(1022)
    package static let timestamptzArray = PostgresTypeID(1185)
    package static let uuidArray = PostgresTypeID(2951)
}
