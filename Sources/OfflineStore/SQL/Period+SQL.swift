import FeatureDefs

extension Period {
    /// `interval '168 hours'`. Never days: to Postgres a day is as long as the session's time zone has it, an hour is an hour.
    var sqlInterval: SQLFragment {
        let magnitude = microseconds.magnitude
        let sign = microseconds < 0 ? "-" : ""
        let text: String
        if magnitude.isMultiple(of: 3_600_000_000) {
            text = "\(sign)\(magnitude / 3_600_000_000) hours"
        } else if magnitude.isMultiple(of: 60_000_000) {
            text = "\(sign)\(magnitude / 60_000_000) minutes"
        } else if magnitude.isMultiple(of: 1_000_000) {
            text = "\(sign)\(magnitude / 1_000_000) seconds"
        } else {
            text = "\(sign)\(magnitude) microseconds"
        }
        return SQLFragment(stringLiteral: "interval '\(text)'")
    }
}

extension Schedule {
    /// The cut at an instant, `floor((t - lag) / every) * every`: `date_bin` counts from the epoch, before it too.
    func sqlCut(at t: SQLFragment) -> SQLFragment {
        let latest: SQLFragment = lag == .zero ? t : "\(t) - \(lag.sqlInterval)"
        return "date_bin(\(every.sqlInterval), \(latest), timestamptz 'epoch')"
    }
}
