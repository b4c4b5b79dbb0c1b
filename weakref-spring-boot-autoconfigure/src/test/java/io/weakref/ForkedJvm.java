package io.weakref;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Runs a main class of the tests in a JVM of its own: with another collector, or to its
 * exit.
 */
public final class ForkedJvm {

	private ForkedJvm() {
	}

	/**
	 * Run a main class to its end, which must be a normal one within a minute.
	 * @param main the class
	 * @param jvmArguments what to give to the JVM, such as the collector
	 * @return the lines that it printed, errors included
	 */
	public static List<String> run(Class<?> main, String... jvmArguments) {
		return run(System.getProperty("java.class.path"), main, jvmArguments);
	}

	/**
	 * Run a main class to its end, which must be a normal one within a minute.
	 * @param classPath where to find it and what it needs
	 * @param main the class
	 * @param jvmArguments what to give to the JVM, such as the collector
	 * @return the lines that it printed, errors included
	 */
	public static List<String> run(String classPath, Class<?> main, String... jvmArguments) {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.add("-Xmx512m");
		command.addAll(List.of(jvmArguments));
		command.add("-cp");
		command.add(classPath);
		command.add(main.getName());
		try {
			Path output = Files.createTempFile("forked-jvm", ".txt");
			try {
				Process process = new ProcessBuilder(command).redirectErrorStream(true)
					.redirectOutput(output.toFile())
					.start();
				boolean ended = process.waitFor(60, TimeUnit.SECONDS);
				process.destroyForcibly();
				List<String> lines = Files.readAllLines(output);
				assertThat(ended).as("ended within a minute, after printing %s", lines).isTrue();
				assertThat(process.exitValue()).as("exit value, after printing %s", lines).isZero();
				return lines;
			}
			finally {
				Files.delete(output);
			}
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

}
