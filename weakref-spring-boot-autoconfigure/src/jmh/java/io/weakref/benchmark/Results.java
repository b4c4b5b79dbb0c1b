package io.weakref.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a {@link Group} has measured so far, by table. Results of an earlier run are kept
 * until a round has ended.
 */
final class Results {

	private final Path directory;

	private final String setting;

	private final Map<String, List<String>> tables = new LinkedHashMap<>();

	Results(Path directory, String setting) {
		this.directory = directory;
		this.setting = setting;
	}

	Path directory() {
		return this.directory;
	}

	void add(String table, String row, String column, double value) {
		this.tables.computeIfAbsent(table, (name) -> new ArrayList<>()).add(row + "\t" + column + "\t" + value);
	}

	/** Write all tables, and print them as they appear on a page. */
	void write() throws IOException {
		for (Map.Entry<String, List<String>> table : this.tables.entrySet()) {
			List<String> lines = new ArrayList<>(List.of("# " + this.setting));
			lines.addAll(table.getValue());
			Files.write(ResultTable.file(this.directory, table.getKey()), lines);
			System.out.println("\n" + table.getKey() + ":");
			ResultTable.read(this.directory, table.getKey()).markdown().forEach(System.out::println);
		}
	}

}
