/// Why nothing can be verified.
package enum VerificationError: Error, Hashable, Sendable, CustomStringConvertible {
    case cannotCreateSchema(reason: String)

    package var description: String {
        switch self {
        case .cannotCreateSchema(let reason):
            "cannot make the schema that is verified in (\(reason)); grant CREATE on the database, or set ASOF_OFFLINE_URL to a copy of it"
        }
    }
}
