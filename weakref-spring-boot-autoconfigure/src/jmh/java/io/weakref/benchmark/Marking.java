package io.weakref.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a table of a million live entries adds to a concurrent cycle of G1, read from the
 * unified log. Run by {@link Suite} in a separate JVM, in which {@code System.gc()} runs
 * such a cycle.
 */
final class Marking {

	private static final int CYCLES = 7;

	private static final Pattern MARK = Pattern.compile("Concurrent Mark .*?([0-9.]+)ms");

	private static final Pattern REMARK = Pattern.compile("Pause Remark .*?([0-9.]+)ms");

	private Marking() {
	}

	/**
	 * Measure one contender.
	 * @param args its name and the file to which the garbage collector logs
	 * @throws IOException if that cannot be read
	 */
	public static void main(String... args) throws IOException {
		Contender contender = Contender.valueOf(args[0]);
		Path log = Path.of(args[1]);
		Object[] keys = Keys.shuffled(Suite.MILLION, 0);
		Object[] values = Suite.objects(Suite.MILLION);
		Footprint.sink = new Object[] { keys, values };
		List<String> without = cycles(log);
		Store store = contender.weakValues();
		Filling.fill(store, keys, values);
		Footprint.sink = new Object[] { keys, values, store };
		List<String> with = cycles(log);
		Suite.print(contender, "ms of concurrent marking that 1M live entries add",
				median(with, MARK) - median(without, MARK));
		Suite.print(contender, "ms of the remark pause with 1M live entries", median(with, REMARK));
	}

	/** Read what was logged during some cycles, without the first ones. */
	private static List<String> cycles(Path log) throws IOException {
		for (int i = 0; i < 3; i++) {
			System.gc();
		}
		int before = Files.readAllLines(log).size();
		for (int i = 0; i < CYCLES; i++) {
			System.gc();
		}
		List<String> lines = Files.readAllLines(log);
		return lines.subList(before, lines.size());
	}

	private static double median(List<String> lines, Pattern pattern) {
		double[] times = lines.stream()
			.map(pattern::matcher)
			.filter(Matcher::find)
			.mapToDouble((match) -> Double.parseDouble(match.group(1)))
			.sorted()
			.toArray();
		return times[times.length / 2];
	}

}
