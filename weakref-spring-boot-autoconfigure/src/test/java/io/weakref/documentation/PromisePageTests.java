package io.weakref.documentation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Checks the page of promises against the tests that prove them.
 */
class PromisePageTests {

	/** Marks the number of a promise that no test is tagged with. */
	private static final String UNTAGGED = "†";

	private final List<String> promises = Page.named("promises.md")
		.rows("#")
		.stream()
		.map((row) -> row.get(0))
		.toList();

	@Test
	void promisesAreNumberedWithoutAGap() {
		assertThat(numbers()).isEqualTo(IntStream.rangeClosed(1, numbers().size()).mapToObj(Integer::toString).toList())
			.hasSizeGreaterThan(40);
	}

	@Test
	void everyPromiseHasATestTaggedWithItsNumberAndEveryTagAPromise() throws IOException {
		Set<String> tagged = new TreeSet<>();
		for (Path file : javaFiles()) {
			Page.matches(Files.readString(file), "(?<=@Tag\\(\"promise-)[^\"]+").forEach(tagged::add);
		}
		assertThat(tagged).containsAll(this.promises.stream().filter((number) -> !number.contains(UNTAGGED)).toList());
		assertThat(numbers()).containsAll(tagged);
	}

	private List<String> numbers() {
		return this.promises.stream().map((number) -> number.replace(UNTAGGED, "").strip()).toList();
	}

	private static List<Path> javaFiles() throws IOException {
		List<Path> all = new ArrayList<>();
		for (String folder : List.of("src/test/java", "src/lincheck/java")) {
			try (Stream<Path> files = Files.find(Path.of(folder), 20,
					(file, attributes) -> file.toString().endsWith(".java"))) {
				files.forEach(all::add);
			}
		}
		return all;
	}

}
