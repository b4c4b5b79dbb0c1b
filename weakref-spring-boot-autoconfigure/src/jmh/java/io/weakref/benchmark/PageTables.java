package io.weakref.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * The tables of figures in the pages of the documentation: their names for the
 * measurements, and the contenders that they show. Replaces the rows that a page has
 * between its marks; the page determines which rows those are, and their order.
 */
final class PageTables {

	private static final String BEGIN = "<!-- figures -->";

	/** The mark with the name of a table of a {@link Group}. */
	private static final Pattern BEGIN_OF_GROUP = Pattern.compile("<!-- figures: ([a-z-]+) -->");

	private static final String END = "<!-- end of figures -->";

	/** The contender by hand is the baseline, and so has no column. */
	private static final List<Contender> COLUMNS = List.of(Contender.WEAKREF, Contender.CHM, Contender.CAFFEINE,
			Contender.GUAVA);

	/** The names of the rows on the pages, and of their measurements. */
	private static final Map<String, String> MEASUREMENTS = Map.ofEntries(
			Map.entry("`get`, hit, 10k entries", "WeakValues getHit, 10k"),
			Map.entry("`get`, hit, 1M", "WeakValues getHit, 1M"), Map.entry("`get`, miss, 10k", "WeakValues getMiss, 10k"),
			Map.entry("`get`, miss, 1M", "WeakValues getMiss, 1M"),
			Map.entry("`computeIfAbsent`, hit, 10k", "WeakValues computeIfAbsentHit, 10k"),
			Map.entry("`computeIfAbsent`, hit, 1M", "WeakValues computeIfAbsentHit, 1M"),
			Map.entry("`put` over an entry, 10k", "WeakValues putOver, 10k"),
			Map.entry("`put` over an entry, 1M", "WeakValues putOver, 1M"),
			Map.entry("insert and remove, 10k", "WeakValues insertAndRemove, 10k"),
			Map.entry("two threads, 95 % reads, 10k", "WeakValues mostlyReads, 10k"),
			Map.entry("iteration, 10k", "WeakValues iterate, 10k"),
			Map.entry("weak keys: `get`, hit, 10k", "WeakKeys getHit, 10k"),
			Map.entry("bytes for each entry, weak values, 1M", "bytes per entry, weak values, 1M"),
			Map.entry("CPU time for each of 1M entries that die at once", "CPU ns per purged entry, 1M"),
			Map.entry("from the collection to the removal of 1M dead entries",
					"ms from the collection to the last removal, 1M"),
			Map.entry("longest `put` while a table grows to 1M", "ms of the longest put while a table grows to 1M"),
			Map.entry("marking that 1M live entries add to a concurrent cycle",
					"ms of concurrent marking that 1M live entries add"));

	private PageTables() {
	}

	/**
	 * Replace the rows of a page by those that were measured, and the tables of groups as
	 * a whole.
	 * @param page the page
	 * @param results the directory of the results of groups
	 * @param cells returns the text of a cell for a measurement and a contender, empty if
	 * there is none; null if only groups were measured
	 * @throws IOException if the page cannot be read or written
	 * @throws IllegalArgumentException if the page has a row that was not measured
	 */
	static void update(Path page, Path results, @Nullable BiFunction<String, Contender, String> cells)
			throws IOException {
		List<String> lines = new ArrayList<>();
		boolean within = false;
		boolean replaced = false;
		for (String line : Files.readAllLines(page)) {
			Matcher group = BEGIN_OF_GROUP.matcher(line);
			within = (within || line.equals(BEGIN)) && !line.equals(END);
			replaced = replaced && !line.equals(END);
			if (!replaced) {
				lines.add((within && cells != null && line.startsWith("|")) ? row(line, cells) : line);
			}
			if (group.matches() && Files.exists(ResultTable.file(results, group.group(1)))) {
				replaced = true;
				lines.addAll(ResultTable.read(results, group.group(1)).markdown());
			}
		}
		Files.write(page, lines);
	}

	private static String row(String line, BiFunction<String, Contender, String> cells) {
		if (line.startsWith("|---") || line.contains("/ by hand")) {
			return line;
		}
		String title = line.substring(2, line.indexOf(" |", 2));
		String measurement = MEASUREMENTS.get(title);
		if (measurement == null) {
			throw new IllegalArgumentException("No benchmark measures the row '" + title + "'");
		}
		if (cells.apply(measurement, Contender.WEAKREF).isEmpty()) {
			throw new IllegalArgumentException("There is no result of '" + measurement + "': run the full suite");
		}
		StringBuilder row = new StringBuilder("| ").append(title).append(" |");
		for (Contender column : COLUMNS) {
			String cell = cells.apply(measurement, column);
			if (!cell.isEmpty()) {
				row.append(' ').append((column == Contender.WEAKREF) ? "**" + cell + "**" : cell);
			}
			row.append(" |");
		}
		return row.toString();
	}

}
