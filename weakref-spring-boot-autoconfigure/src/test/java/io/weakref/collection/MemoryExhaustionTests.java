package io.weakref.collection;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Runs {@link MemoryExhaustion} in a JVM of its own.
 */
@Tag("slow")
class MemoryExhaustionTests {

	@Test
	void whenMemoryEndsInAResizeOrInACallEverythingStoredIsStillThere() throws Exception {
		String java = new File(System.getProperty("java.home"), "bin/java").getPath();
		Process process = new ProcessBuilder(
				List.of(java, "-Xmx48m", "-XX:+UseSerialGC", "-XX:-OmitStackTraceInFastThrow", "-cp",
						System.getProperty("java.class.path"), MemoryExhaustion.class.getName()))
			.redirectErrorStream(true)
			.start();
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
		// The cleaner may say besides that it ran out of memory, too, and goes on.
		assertThat(output.lines()).contains("survived");
		assertThat(output).doesNotContain("NoClassDefFoundError");
		assertThat(process.exitValue()).isZero();
	}

}
