package io.weakref.collection;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.util.List;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * Runs {@link CollectionStress} in separate JVMs: briefly with one garbage collector by
 * default, and longer with every garbage collector of this JDK in the profile
 * {@code stress}.
 */
@Tag("slow")
class CollectionStressTests {

	private static final int SECONDS = Integer.getInteger("weakref.stress.seconds", 8);

	private static List<String> collectors() {
		return List.of(System.getProperty("weakref.stress.collectors", "G1").split(","));
	}

	@ParameterizedTest
	@MethodSource("collectors")
	void noLiveEntryIsMissedAndEveryDeadEntryIsRemoved(String collector) throws Exception {
		String java = new File(System.getProperty("java.home"), "bin/java").getPath();
		Process process = new ProcessBuilder(List.of(java, "-XX:+Use" + collector + "GC", "-Xmx96m", "-cp",
				System.getProperty("java.class.path"), CollectionStress.class.getName(), String.valueOf(SECONDS)))
			.redirectErrorStream(true)
			.start();
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		int exit = process.waitFor();
		assumeThat(output).doesNotContain("Unrecognized VM option", "not supported");
		System.out.println(collector + ": " + output.trim());
		assertThat(exit).as(output).isZero();
		assertThat(output).contains("operations=");
	}

}
