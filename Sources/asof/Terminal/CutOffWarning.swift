/// What is said when Redis lets a run not end what an earlier one may still have under way.
enum CutOffWarning {
    static func text(view: String, reason: String) -> String {
        "asof: an earlier run of `\(view)` did not end by itself, and Redis does not let this one cut it off (\(reason)); should rows of it "
            + "arrive late, `asof materialize \(view) --full` removes them. Allow the user `+client|list +client|kill`"
    }
}
