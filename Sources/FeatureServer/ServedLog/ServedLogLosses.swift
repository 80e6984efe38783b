import FeatureDefs

/// Rows lost since the last time it was told, summed by what tells them apart: bounded, however many there are.
struct ServedLogLosses: Sendable {
    private struct Kind: Hashable {
        let service: String
        let cause: ServedLogLoss.Cause
        let host: String
    }

    private var sums: [Kind: ServedLogLoss] = [:]

    var isEmpty: Bool { sums.isEmpty }
    var all: [ServedLogLoss] {
        sums.values.sorted { ($0.service, $0.cause.rawValue, $0.host) < ($1.service, $1.cause.rawValue, $1.host) }
    }

    /// Rows come in stretches of one request's, which are added as one: the queue's lock may be held meanwhile.
    mutating func add(_ rows: some Collection<ServedRow>, _ cause: ServedLogLoss.Cause) {
        guard let first = rows.first else { return }
        var stretch = ServedLogLoss(first, cause)
        for row in rows.dropFirst() {
            if row.schema.service == stretch.service, row.host == stretch.host {
                stretch.rows += 1
                stretch.first = min(stretch.first, row.servedAt)
                stretch.last = max(stretch.last, row.servedAt)
            } else {
                add(stretch)
                stretch = ServedLogLoss(row, cause)
            }
        }
        add(stretch)
    }

    mutating func add(_ others: ServedLogLosses) {
        for loss in others.sums.values { add(loss) }
    }

    private mutating func add(_ loss: ServedLogLoss) {
        let kind = Kind(service: loss.service, cause: loss.cause, host: loss.host)
        guard var sum = sums[kind] else {
            sums[kind] = loss
            return
        }
        sum.rows += loss.rows
        sum.first = min(sum.first, loss.first)
        sum.last = max(sum.last, loss.last)
        sums[kind] = sum
    }
}

extension ServedLogLoss {
    fileprivate init(_ row: ServedRow, _ cause: Cause) {
        self.init(
            service: row.schema.service, cause: cause, host: row.host, rows: 1, first: row.servedAt, last: row.servedAt)
    }
}
