package io.weakref.collection;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Runs {@link MemoryExhaustion} in a separate JVM.
 */
@Tag("slow")
class MemoryExhaustionTests {

	@Test
	void nothingStoredIsLostWhenMemoryRunsOutInAResizeOrACall() throws Exception {
		String java = new File(System.getProperty("java.home"), "bin/java").getPath();
		Process process = new ProcessBuilder(
				List.of(java, "-Xmx48m", "-XX:+UseSerialGC", "-XX:-OmitStackTraceInFastThrow", "-cp",
						System.getProperty("java.class.path"), MemoryExhaustion.class.getName()))
			.redirectErrorStream(true)
			.start();
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
		// The cleaner may also log that it ran out of memory and continues.
		assertThat(output.lines()).contains("survived");
		assertThat(output).doesNotContain("NoClassDefFoundError");
		assertThat(process.exitValue()).isZero();
	}

}
