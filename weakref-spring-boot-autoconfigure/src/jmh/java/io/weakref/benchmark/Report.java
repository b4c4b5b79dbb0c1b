package io.weakref.benchmark;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

import org.springframework.boot.json.JsonParserFactory;

/**
 * Turns the raw results of one run into a Markdown table of ratios to the naive contender
 * and into a chart. A ratio is the quotient of the geometric means over the forked JVMs;
 * the spread is that of the contender's JVMs around their mean.
 */
public final class Report {

	private static final String BASELINE = "NAIVE";

	private static final int BAR_HEIGHT = 14;

	private static final int LABEL_WIDTH = 260;

	private static final int UNIT_WIDTH = 160;

	private static final double MAX_RATIO = 4;

	/** Row, then contender, to the means of the JVMs in nanoseconds. */
	private final Map<String, Map<String, List<Double>>> rows = new TreeMap<>();

	private final Set<String> contenders = new LinkedHashSet<>();

	private Report() {
	}

	/**
	 * Write {@code report.md} and {@code report.svg} beside the results.
	 * @param args the file with the results that {@code -rf json} wrote
	 * @throws IOException if it cannot be read
	 */
	public static void main(String... args) throws IOException {
		Path results = Path.of(args[0]);
		Report report = new Report();
		for (Object result : JsonParserFactory.getJsonParser().parseList(Files.readString(results))) {
			report.add((Map<?, ?>) result);
		}
		write(results.resolveSibling("report.md"), report.markdown());
		write(results.resolveSibling("report.svg"), report.svg());
	}

	private static void write(Path file, String text) throws IOException {
		Files.writeString(file, text, StandardCharsets.UTF_8);
		System.out.println(file + " written");
	}

	private void add(Map<?, ?> result) {
		String benchmark = String.valueOf(result.get("benchmark"));
		Map<?, ?> params = (Map<?, ?>) Objects.requireNonNull(result.get("params"));
		Map<?, ?> metric = (Map<?, ?>) Objects.requireNonNull(result.get("primaryMetric"));
		String[] parts = benchmark.split("\\.");
		String row = parts[parts.length - 2].replace("Benchmark", "") + " " + parts[parts.length - 1] + ", "
				+ params.get("size");
		String contender = String.valueOf(params.get("contender"));
		this.contenders.add(contender);
		List<Double> jvms = new ArrayList<>();
		for (Object fork : (List<?>) Objects.requireNonNull(metric.get("rawData"))) {
			jvms.add(((List<?>) fork).stream()
				.mapToDouble((score) -> ((Number) score).doubleValue())
				.average()
				.orElseThrow());
		}
		this.rows.computeIfAbsent(row, (r) -> new TreeMap<>()).put(contender, jvms);
	}

	private static double mean(List<Double> values) {
		return Math.exp(values.stream().mapToDouble(Math::log).average().orElseThrow());
	}

	/** By how much a JVM's mean was off at most, as a factor less one. */
	private static double spread(List<Double> values) {
		double mean = mean(values);
		return values.stream().mapToDouble((value) -> Math.max(value / mean, mean / value) - 1).max().orElseThrow();
	}

	private String markdown() {
		StringBuilder text = new StringBuilder("| / naive, lower is better |");
		this.contenders.forEach((contender) -> text.append(' ').append(contender).append(" |"));
		text.append("\n|---|").append("---|".repeat(this.contenders.size())).append('\n');
		this.rows.forEach((row, cells) -> {
			text.append("| ").append(row).append(" |");
			for (String contender : this.contenders) {
				List<Double> values = cells.get(contender);
				List<Double> baseline = cells.get(BASELINE);
				text.append((values == null || baseline == null) ? " |"
						: String.format(Locale.ROOT, " %.2f ±%.0f%% |", mean(values) / mean(baseline),
								100 * spread(values)));
			}
			text.append('\n');
		});
		return text.toString();
	}

	private String svg() {
		StringBuilder bars = new StringBuilder();
		int y = 30;
		for (Map.Entry<String, Map<String, List<Double>>> row : this.rows.entrySet()) {
			List<Double> baseline = row.getValue().get(BASELINE);
			if (baseline == null) {
				continue;
			}
			bars.append(String.format(Locale.ROOT, "<text x='8' y='%d' font-weight='bold'>%s</text>%n", y,
					row.getKey()));
			y += BAR_HEIGHT;
			for (String contender : this.contenders) {
				List<Double> values = row.getValue().get(contender);
				if (values != null) {
					double ratio = mean(values) / mean(baseline);
					double width = Math.min(ratio, MAX_RATIO) * UNIT_WIDTH;
					bars.append(String.format(Locale.ROOT, "<text x='%d' y='%d' text-anchor='end'>%s</text>"
							+ "<rect x='%d' y='%d' width='%.0f' height='%d' fill='%s'/>"
							+ "<text x='%.0f' y='%d'>%.2f</text>%n", LABEL_WIDTH - 8, y, contender, LABEL_WIDTH,
							y - BAR_HEIGHT + 4, width, BAR_HEIGHT - 3,
							contender.startsWith("WEAKREF") ? "#e8871e" : "#8093a8", LABEL_WIDTH + width + 4, y,
							ratio));
					y += BAR_HEIGHT;
				}
			}
			y += BAR_HEIGHT;
		}
		int width = LABEL_WIDTH + (int) (MAX_RATIO * UNIT_WIDTH) + 60;
		return String.format(Locale.ROOT,
				"<svg xmlns='http://www.w3.org/2000/svg' width='%d' height='%d' font-family='sans-serif' "
						+ "font-size='11'><rect width='100%%' height='100%%' fill='white'/>"
						+ "<line x1='%d' x2='%d' y1='10' y2='%d' stroke='#c33' stroke-dasharray='3'/>%n%s</svg>%n",
				width, y, LABEL_WIDTH + UNIT_WIDTH, LABEL_WIDTH + UNIT_WIDTH, y - 10, bars);
	}

}
