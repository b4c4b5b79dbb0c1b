package io.weakref.benchmark;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The results of one table of a {@link Group}, as they are kept in a file: a comment that
 * says how they were measured, then a line for each figure of each JVM, with its row and
 * its column. In Markdown, a cell is the median followed in brackets by the median of the
 * rounds' ratios to the first column, and the lowest and the highest of them: a machine
 * that is slow for some seconds changes the latter, but not the former. A row in percent
 * has no ratios.
 */
final class ResultTable {

	private static final String SUFFIX = ".tsv";

	private final String setting;

	private final Map<String, Map<String, List<Double>>> rows = new LinkedHashMap<>();

	private final Set<String> columns = new LinkedHashSet<>();

	private ResultTable(List<String> lines) {
		this.setting = lines.get(0).substring(2);
		for (String line : lines.subList(1, lines.size())) {
			String[] parts = line.split("\t", -1);
			this.columns.add(parts[1]);
			this.rows.computeIfAbsent(parts[0], (row) -> new LinkedHashMap<>())
				.computeIfAbsent(parts[1], (column) -> new ArrayList<>())
				.add(Double.valueOf(parts[2]));
		}
	}

	static Path file(Path directory, String name) {
		return directory.resolve("table-" + name + SUFFIX);
	}

	static ResultTable read(Path directory, String name) throws IOException {
		return new ResultTable(Files.readAllLines(file(directory, name)));
	}

	/** The lines of a page: the table, an empty line, and how it was measured. */
	List<String> markdown() {
		List<String> lines = new ArrayList<>();
		lines.add("| measured | " + String.join(" | ", this.columns) + " |");
		lines.add("|---|" + "---|".repeat(this.columns.size()));
		this.rows.forEach((row, cells) -> {
			StringBuilder line = new StringBuilder("| ").append(row).append(" |");
			List<Double> baseline = cells.getOrDefault(this.columns.iterator().next(), List.of());
			for (String column : this.columns) {
				List<Double> values = cells.get(column);
				line.append((values != null) ? " " + cell(row, column, values, baseline) + " |" : " |");
			}
			lines.add(line.toString());
		});
		lines.add("");
		lines.add(this.setting);
		return lines;
	}

	private static String cell(String row, String column, List<Double> values, List<Double> baseline) {
		String text = figure(median(values));
		if (column.startsWith("this")) {
			text = "**" + text + "**";
		}
		boolean comparable = values != baseline && values.size() == baseline.size() && !row.contains("%")
				&& values.stream().allMatch((value) -> value > 0) && baseline.stream().allMatch((value) -> value > 0);
		return comparable ? text + " (" + ratio(values, baseline) + ")" : text;
	}

	private static String ratio(List<Double> values, List<Double> baseline) {
		List<Double> ratios = new ArrayList<>();
		for (int round = 0; round < values.size(); round++) {
			ratios.add(values.get(round) / baseline.get(round));
		}
		String text = ratio(median(ratios));
		String lowest = ratio(Collections.min(ratios));
		String highest = ratio(Collections.max(ratios));
		return lowest.equals(highest) ? text : text + "; " + lowest + " to " + highest;
	}

	private static String ratio(double ratio) {
		return String.format(Locale.ROOT, (ratio < 10) ? "%.2f" : "%.0f", ratio);
	}

	/** Format a number with three significant digits. */
	private static String figure(double value) {
		if (Math.abs(value) >= 100) {
			return String.format(Locale.ROOT, "%,.0f", value);
		}
		BigDecimal rounded = new BigDecimal(value).round(new MathContext(3, RoundingMode.HALF_EVEN));
		return ((rounded.scale() > 2) ? rounded.setScale(2, RoundingMode.HALF_EVEN) : rounded).toPlainString();
	}

	static double median(List<Double> values) {
		return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
	}

}
