extension String {
    /// The text fit for one line of a terminal, though it may quote anybody's data: control characters are escaped, and the
    /// middle of a very long text is left out.
    var onOneLine: String {
        var escaped = ""
        for scalar in unicodeScalars {
            if scalar.properties.generalCategory == .control {
                escaped += scalar.escaped(asASCII: true)
            } else {
                escaped.unicodeScalars.append(scalar)
            }
        }
        let limit = 1000
        guard escaped.count > limit else { return escaped }
        return "\(escaped.prefix(limit / 2)) ... \(escaped.suffix(limit / 2))"
    }
}
