package io.weakref.retention;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Writes reports for a person to read.
 */
final class ReportText {

	private ReportText() {
	}

	static List<String> of(RetentionReport report) {
		List<String> lines = new ArrayList<>();
		lines.add(format("%s: %,d live entries, %,d of them examined, heap dump of %,d MB", report.cache(),
				report.live(), report.examined(), (report.dumpBytes() + 999_999) / 1_000_000));
		for (RetentionPath path : report.paths()) {
			lines.add("");
			lines.add(format("%,d %s held by %s", path.entries(), (path.entries() == 1) ? "entry" : "entries",
					path.root().description()));
			path.steps().forEach((step) -> lines.add("    -> " + step));
			String note = path.note();
			if (note != null) {
				lines.add("    " + note);
				String explanation = PathNote.explain(note);
				if (explanation != null) {
					lines.add("    " + explanation);
				}
			}
		}
		if (report.live() == 0) {
			lines.add("");
			lines.add("The collection has no live entries.");
		}
		return lines;
	}

	private static String format(String format, Object... values) {
		return String.format(Locale.ROOT, format, values);
	}

}
