package io.weakref.documentation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Checks that every public type states the version in which it was added.
 */
class SinceTagTests {

	private static final Pattern PUBLIC_TYPE = Pattern
		.compile("(?m)^public (?:\\w+(?:-sealed)? )*(?:class|interface|enum|record|@interface) \\w+");

	private static final Pattern SINCE = Pattern.compile("(?m)^ \\* @since \\d+\\.\\d+\\.\\d+$");

	@Test
	void everyPublicTypeHasASinceTag() throws IOException {
		try (Stream<Path> files = Files.find(Path.of("src/main/java"), 20,
				(file, attributes) -> file.toString().endsWith(".java"))) {
			assertThat(files.map((file) -> Page.read(file.toAbsolutePath())).filter(SinceTagTests::isPublic))
				.hasSizeGreaterThan(50)
				.allSatisfy((file) -> assertThat(SINCE.matcher(file.text()).find()).as(file.toString()).isTrue());
		}
	}

	private static boolean isPublic(Page file) {
		return PUBLIC_TYPE.matcher(file.text()).find();
	}

}
