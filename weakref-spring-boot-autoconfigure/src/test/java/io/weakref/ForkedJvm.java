package io.weakref;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Runs a main class of the tests in a separate JVM, for example with another garbage
 * collector or to its exit.
 */
public final class ForkedJvm {

	private static final int SIGTERM = 15;

	private ForkedJvm() {
	}

	/**
	 * Run a main class to its end. It must exit normally within three minutes.
	 * @param main the class
	 * @param jvmArguments arguments for the JVM, such as the garbage collector
	 * @return the lines that it printed, including those to standard error
	 */
	public static List<String> run(Class<?> main, String... jvmArguments) {
		return run(System.getProperty("java.class.path"), main, jvmArguments);
	}

	/**
	 * Run a main class to its end. It must exit normally within three minutes.
	 * @param classPath the class path of the JVM
	 * @param main the class
	 * @param jvmArguments arguments for the JVM, such as the garbage collector
	 * @return the lines that it printed, including those to standard error
	 */
	public static List<String> run(String classPath, Class<?> main, String... jvmArguments) {
		return run(0, classPath, main, jvmArguments);
	}

	/**
	 * Run a main class until it has sent {@code SIGTERM} to its own JVM. That must end
	 * within three minutes.
	 * @param main the class
	 * @param jvmArguments arguments for the JVM
	 * @return the lines that it printed, including those to standard error
	 */
	public static List<String> runUntilTerminated(Class<?> main, String... jvmArguments) {
		return run(128 + SIGTERM, System.getProperty("java.class.path"), main, jvmArguments);
	}

	/**
	 * Send {@code SIGTERM} to this JVM, and wait for its end.
	 */
	public static void terminate() {
		try {
			new ProcessBuilder("sh", "-c", "kill -%d %d".formatted(SIGTERM, ProcessHandle.current().pid())).inheritIO()
				.start();
			Thread.currentThread().join();
		}
		catch (IOException | InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static List<String> run(int exitValue, String classPath, Class<?> main, String... jvmArguments) {
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
				boolean ended = process.waitFor(3, TimeUnit.MINUTES);
				process.destroyForcibly();
				List<String> lines = Files.readAllLines(output);
				assertThat(ended).as("ended within three minutes, after printing %s", lines).isTrue();
				assertThat(process.exitValue()).as("exit value, after printing %s", lines).isEqualTo(exitValue);
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
