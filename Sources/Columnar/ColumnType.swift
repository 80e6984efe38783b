/// What a column in memory holds. Wider than the features' types: the spine's own columns pass through with theirs.
package indirect enum ColumnType: Hashable, Sendable, Codable {
    case bool
    case int16, int32, int64
    case float32, float64
    /// Microseconds since 1970, UTC.
    case timestamp
    /// Days since 1970.
    case date
    /// UTF-8 text.
    case string
    case bytes
    /// 16 bytes.
    case uuid
    case list(ColumnType)
    /// So many float32 in every row that is not NULL.
    case vector(Int)
}
