package io.weakref.retention;

import java.util.Iterator;
import java.util.List;

/**
 * Writes reports in the JSON form of the endpoint. Fields that do not apply are absent.
 */
final class ReportJson {

	private final StringBuilder json = new StringBuilder();

	private ReportJson() {
	}

	static String of(RetentionReport report) {
		ReportJson writer = new ReportJson();
		writer.start("done", report.cache());
		writer.json.append(", \"live\": ")
			.append(report.live())
			.append(", \"examined\": ")
			.append(report.examined())
			.append(", \"dumpBytes\": ")
			.append(report.dumpBytes())
			.append(", \"paths\": [");
		for (Iterator<RetentionPath> paths = report.paths().iterator(); paths.hasNext();) {
			writer.path(paths.next());
			writer.json.append(paths.hasNext() ? ", " : "");
		}
		return writer.json.append("]}").toString();
	}

	static String ofFailure(String cache, String error) {
		ReportJson writer = new ReportJson();
		writer.start("failed", cache);
		writer.member(", \"error\": ", error);
		return writer.json.append('}').toString();
	}

	private void start(String state, String cache) {
		member("{\"state\": ", state);
		member(", \"cache\": ", cache);
	}

	private void path(RetentionPath path) {
		this.json.append("{\"entries\": ").append(path.entries());
		member(", \"root\": {\"kind\": ", path.root().kind());
		member(", \"description\": ", path.root().description());
		this.json.append('}');
		steps(path.steps());
		if (path.note() != null) {
			member(", \"note\": ", path.note());
		}
		this.json.append('}');
	}

	private void steps(List<String> steps) {
		this.json.append(", \"steps\": [");
		for (Iterator<String> each = steps.iterator(); each.hasNext();) {
			member("", each.next());
			this.json.append(each.hasNext() ? ", " : "");
		}
		this.json.append(']');
	}

	private void member(String before, String text) {
		this.json.append(before).append('"');
		for (int i = 0; i < text.length(); i++) {
			char c = text.charAt(i);
			if (c == '"' || c == '\\') {
				this.json.append('\\').append(c);
			}
			else if (c < ' ' || Character.isSurrogate(c)) {
				this.json.append(String.format("\\u%04x", (int) c));
			}
			else {
				this.json.append(c);
			}
		}
		this.json.append('"');
	}

}
