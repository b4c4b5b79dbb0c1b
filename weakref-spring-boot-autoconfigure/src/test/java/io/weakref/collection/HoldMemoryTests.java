package io.weakref.collection;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * Runs {@link HoldMemory} in separate JVMs, with each garbage collector of this JDK;
 * longer in the profile {@code stress}.
 */
@Tag("slow")
class HoldMemoryTests {

	private static final int COLLECTIONS = 5 * Integer.getInteger("weakref.stress.seconds", 8);

	private static List<String> collectors() {
		return List.of("G1", "Serial", "Parallel", "Z", "Shenandoah");
	}

	@ParameterizedTest
	@MethodSource("collectors")
	void allHeldValuesAreReleasedBeforeMemoryRunsOut(String collector) throws Exception {
		assertThat(run(collector, "exhaust")).contains("passed");
	}

	@ParameterizedTest
	@MethodSource("collectors")
	void heldValuesAreNotReleasedWhileThereIsMemory(String collector) throws Exception {
		assertThat(run(collector, "churn", String.valueOf(COLLECTIONS))).contains("passed");
	}

	private static String run(String collector, String... arguments) throws Exception {
		List<String> command = new ArrayList<>(List.of(new File(System.getProperty("java.home"), "bin/java").getPath(),
				// These run out of memory if threads allocate faster than they reclaim.
				List.of("Z", "Shenandoah").contains(collector) ? "-Xmx256m" : "-Xmx64m", "-XX:+Use" + collector + "GC",
				"-cp", System.getProperty("java.class.path"), HoldMemory.class.getName()));
		if (collector.equals("Shenandoah")) {
			command.addAll(1, List.of("-Dspontaneous=true", "-XX:+UnlockExperimentalVMOptions",
					"-XX:ShenandoahGuaranteedGCInterval=50"));
		}
		command.addAll(List.of(arguments));
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
		assumeThat(output).doesNotContain("Unrecognized VM option", "not supported");
		assertThat(process.exitValue()).as(output).isZero();
		return output;
	}

}
