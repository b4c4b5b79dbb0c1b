package io.weakref.benchmark;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;

import org.springframework.boot.json.JsonParserFactory;

/**
 * Turns the raw results of a {@link Suite} into a Markdown table of ratios to the naive
 * contender, a table of the other figures, and a chart. A ratio is the geometric mean of
 * the ratios of all rounds. The ratio of a round compares the median iterations of two
 * JVMs that ran soon after each other. The spread is the largest deviation of a round from
 * that mean. In brackets is the ratio of the fastest JVM of each, which is disturbed least
 * if the machine changes its speed. For the other figures the median is given, too.
 */
public final class Report {

	private static final String BASELINE = "NAIVE";

	private static final int BAR_HEIGHT = 14;

	private static final int LABEL_WIDTH = 110;

	private static final int UNIT_WIDTH = 160;

	private static final double MAX_RATIO = 4;

	/** By row and contender, the median iterations of the JVMs in nanoseconds. */
	private final Map<String, Map<String, List<Double>>> rows = new TreeMap<>();

	/** By figure and contender, the values of the JVMs. */
	private final Map<String, Map<String, List<Double>>> figures = new TreeMap<>();

	private final Set<String> contenders = new LinkedHashSet<>();

	private Report() {
	}

	/**
	 * Write {@code report.md} and {@code report.svg} beside the results of the suite, if
	 * it has run, and write all results, including those of groups, into the tables of the
	 * pages.
	 * @param args the directory of the results, then the pages
	 * @throws IOException if the results cannot be read, or the pages written
	 */
	public static void main(String... args) throws IOException {
		Path directory = Path.of(args[0]);
		Report report = new Report();
		for (Contender contender : Contender.values()) {
			report.contenders.add(contender.name());
		}
		Path figures = directory.resolve("figures.tsv");
		if (Files.exists(figures)) {
			report.read(directory, figures);
		}
		for (String page : Arrays.asList(args).subList(1, args.length)) {
			PageTables.update(Path.of(page), directory, report.figures.isEmpty() ? null : report::cell);
			System.out.println(page + " updated");
		}
	}

	private void read(Path directory, Path figures) throws IOException {
		Set<Path> rounds = new TreeSet<>();
		try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.json")) {
			files.forEach(rounds::add);
		}
		for (Path file : rounds) {
			for (Object result : JsonParserFactory.getJsonParser().parseList(Files.readString(file))) {
				add((Map<?, ?>) result);
			}
		}
		for (String line : Files.readAllLines(figures)) {
			String[] parts = line.split("\t", -1);
			this.figures.computeIfAbsent(parts[1], (figure) -> new TreeMap<>())
				.computeIfAbsent(parts[0], (contender) -> new ArrayList<>())
				.add(Double.valueOf(parts[2]));
		}
		this.contenders.removeIf((contender) -> !hasResults(contender));
		write(directory.resolve("report.md"), markdown());
		write(directory.resolve("report.svg"), svg());
	}

	private boolean hasResults(String contender) {
		return Stream.of(this.rows, this.figures)
			.flatMap((results) -> results.values().stream())
			.anyMatch((cells) -> cells.containsKey(contender));
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
		String size = String.valueOf(params.get("size")).replaceFirst("000000$", "M").replaceFirst("000$", "k");
		String row = parts[parts.length - 2].replace("Benchmark", "") + " " + parts[parts.length - 1] + ", " + size;
		List<Double> jvms = this.rows.computeIfAbsent(row, (r) -> new TreeMap<>())
			.computeIfAbsent(String.valueOf(params.get("contender")), (contender) -> new ArrayList<>());
		for (Object fork : (List<?>) Objects.requireNonNull(metric.get("rawData"))) {
			jvms.add(median(((List<?>) fork).stream().map((score) -> ((Number) score).doubleValue()).toList()));
		}
	}

	private static List<Double> ratios(List<Double> values, Map<String, List<Double>> row) {
		List<Double> baseline = Objects.requireNonNull(row.get(BASELINE), "no baseline");
		List<Double> ratios = new ArrayList<>();
		for (int round = 0; round < values.size(); round++) {
			ratios.add(values.get(round) / baseline.get(round));
		}
		return ratios;
	}

	private static double mean(List<Double> values) {
		return Math.exp(values.stream().mapToDouble(Math::log).average().orElseThrow());
	}

	private static double median(List<Double> values) {
		return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
	}

	/** The largest deviation of a value from the mean, as a factor minus one. */
	private static double spread(List<Double> values) {
		double mean = mean(values);
		return values.stream().mapToDouble((value) -> Math.max(value / mean, mean / value) - 1).max().orElseThrow();
	}

	private String markdown() {
		StringBuilder text = new StringBuilder();
		heading(text, "time / that of NAIVE");
		this.rows.forEach((row, cells) -> row(text, row, cells, (values) -> ratio(values, cells)));
		text.append('\n');
		heading(text, "figure, and / that of NAIVE");
		this.figures.forEach((figure, cells) -> row(text, figure, cells, (values) -> {
			String median = String.format(Locale.ROOT, "%.1f", median(values));
			return cells.containsKey(BASELINE) ? median + ", " + ratio(values, cells) : median;
		}));
		return text.toString();
	}

	/** The cell of a page, which shows ratios only. */
	private String cell(String measurement, Contender contender) {
		boolean timed = this.rows.containsKey(measurement);
		Map<String, List<Double>> cells = (timed ? this.rows : this.figures).getOrDefault(measurement, Map.of());
		List<Double> values = cells.get(contender.name());
		if (values == null) {
			return "";
		}
		if (timed) {
			return ratio(values, cells).replace("%", " %");
		}
		List<Double> ratios = ratios(values, cells);
		long spread = Math.round(100 * spread(ratios));
		String mean = String.format(Locale.ROOT, "%.2f", mean(ratios));
		return (spread > 0) ? mean + " ±" + spread + " %" : mean;
	}

	private static String ratio(List<Double> values, Map<String, List<Double>> row) {
		List<Double> ratios = ratios(values, row);
		double fastest = Collections.min(values) / Collections.min(Objects.requireNonNull(row.get(BASELINE)));
		return String.format(Locale.ROOT, "%.2f ±%.0f%% (%.2f)", mean(ratios), 100 * spread(ratios), fastest);
	}

	private void heading(StringBuilder text, String title) {
		text.append("| ").append(title).append(" |");
		this.contenders.forEach((contender) -> text.append(' ').append(contender).append(" |"));
		text.append("\n|---|").append("---|".repeat(this.contenders.size())).append('\n');
	}

	private void row(StringBuilder text, String row, Map<String, List<Double>> cells,
			Function<List<Double>, String> cell) {
		text.append("| ").append(row).append(" |");
		for (String contender : this.contenders) {
			List<Double> values = cells.get(contender);
			text.append((values == null) ? " |" : " " + cell.apply(values) + " |");
		}
		text.append('\n');
	}

	private String svg() {
		StringBuilder bars = new StringBuilder();
		int y = 40;
		for (Map.Entry<String, Map<String, List<Double>>> row : this.rows.entrySet()) {
			bars.append(String.format(Locale.ROOT, "<text x='8' y='%d' font-weight='bold'>%s</text>%n", y,
					row.getKey()));
			y += BAR_HEIGHT;
			for (String contender : this.contenders) {
				List<Double> values = row.getValue().get(contender);
				if (values != null && !contender.endsWith("_STATS")) {
					double ratio = mean(ratios(values, row.getValue()));
					double width = Math.min(ratio, MAX_RATIO) * UNIT_WIDTH;
					bars.append(String.format(Locale.ROOT, "<text x='%d' y='%d' text-anchor='end'>%s</text>"
							+ "<rect x='%d' y='%d' width='%.0f' height='%d' fill='%s'/>"
							+ "<text x='%.0f' y='%d'>%.2f</text>%n", LABEL_WIDTH - 8, y, contender, LABEL_WIDTH,
							y - BAR_HEIGHT + 4, width, BAR_HEIGHT - 3,
							contender.equals("WEAKREF") ? "#e8871e" : "#8093a8", LABEL_WIDTH + width + 4, y,
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
						+ "<text x='%d' y='16' text-anchor='middle'>1 = by hand; shorter is faster</text>"
						+ "<line x1='%d' x2='%d' y1='22' y2='%d' stroke='#c33' stroke-dasharray='3'/>%n%s</svg>%n",
				width, y, LABEL_WIDTH + UNIT_WIDTH, LABEL_WIDTH + UNIT_WIDTH, LABEL_WIDTH + UNIT_WIDTH, y - 10, bars);
	}

}
