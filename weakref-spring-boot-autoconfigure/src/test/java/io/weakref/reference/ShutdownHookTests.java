package io.weakref.reference;

import java.lang.reflect.Field;
import java.util.List;
import java.util.concurrent.CountDownLatch;

import io.weakref.ForkedJvm;
import io.weakref.cleaner.WeakCleaner;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Promise 22 at the end of a JVM.
 */
@Tag("slow")
class ShutdownHookTests {

	@Test
	@Tag("promise-22")
	void exitRunsTheLiveFinalizersInReverseOrderOfCreationAcrossCleaners() {
		assertThat(ForkedJvm.run(NormalExit.class)).containsExactly("fourth", "reported broken", "second", "meanwhile",
				"first", "after exit null");
	}

	@Test
	@Tag("promise-22")
	@DisabledOnOs(value = OS.WINDOWS, disabledReason = "has no SIGTERM")
	void terminationRunsTheLiveFinalizersInReverseOrderOfCreationAcrossCleaners() {
		assertThat(ForkedJvm.runUntilTerminated(NormalExit.class, "-Dending=SIGTERM")).containsExactly("fourth",
				"reported broken", "second", "meanwhile", "first", "after exit null");
	}

	@Test
	@Tag("promise-22")
	void closedCleanerHasRunItsFinalizersBeforeExit() {
		assertThat(ForkedJvm.run(ExitAfterClose.class)).containsExactly("closing", "own", "closed", "shared");
	}

	@Test
	@Tag("promise-22")
	void exitIsLeftToAnOwnerThatClosesItsCleaner() {
		assertThat(ForkedJvm.run(ExitOfAnOwner.class)).containsExactly("shared", "owner closes", "owned");
	}

	@ParameterizedTest
	@ValueSource(strings = { "end of main", "System.exit" })
	@Tag("promise-22")
	void whatAFinalizerThrowsAtExitIsReported(String ending) {
		assertReported(ForkedJvm.run(FailureAtExit.class, "-Dending=" + ending));
	}

	@Test
	@Tag("promise-22")
	@DisabledOnOs(value = OS.WINDOWS, disabledReason = "has no SIGTERM")
	void whatAFinalizerThrowsAtTerminationIsReported() {
		assertReported(ForkedJvm.runUntilTerminated(FailureAtExit.class, "-Dending=SIGTERM"));
	}

	private static void assertReported(List<String> lines) {
		assertThat(lines)
			.contains("java.lang.IllegalStateException: on purpose, shared",
					"java.lang.ArithmeticException: on purpose, own")
			.filteredOn((line) -> line.contains("Callback of"))
			.hasSize(2);
	}

	@Test
	void exitWithoutFinalizersHasNoHook() {
		assertThat(ForkedJvm.run(NoFinalizerLeft.class)).containsExactly("no hook");
	}

	static final class NormalExit {

		private NormalExit() {
		}

		public static void main(String[] args) {
			WeakCleaner cleaner = WeakCleaner.builder()
				.threadName("exit-test")
				.errorHandler((source, error) -> System.out.println("reported " + error.getMessage()))
				.build();
			Object referent = new Object();
			Finalizer<String> notAtExit = Finalizer.register(referent, () -> "not at exit");
			notAtExit.setAtExit(false);
			print(referent, "first", WeakCleaner.shared());
			Finalizer.register(referent, () -> {
				System.out.println("second");
				print(new Object(), "meanwhile", cleaner);
				Thread exit = Thread.currentThread();
				afterwards(exit, notAtExit);
			}, WeakCleaner.shared());
			Finalizer.register(referent, () -> {
				throw new IllegalStateException("broken");
			}, cleaner);
			print(referent, "fourth", WeakCleaner.shared());
			end(System.getProperty("ending", "System.exit"));
		}

		private static void afterwards(Thread exit, Finalizer<String> finalizer) {
			// The JVM may halt without waiting for this thread; so the last one keeps it.
			Thread thread = new Thread(() -> {
				try {
					exit.join();
				}
				catch (InterruptedException ex) {
					return;
				}
				System.out.println("after exit " + finalizer.call());
				DONE.countDown();
			});
			thread.setDaemon(true);
			thread.start();
		}

		private static final CountDownLatch DONE = new CountDownLatch(1);

		static {
			Runtime.getRuntime().addShutdownHook(new Thread(() -> {
				try {
					DONE.await();
				}
				catch (InterruptedException ex) {
					Thread.currentThread().interrupt();
				}
			}));
		}

	}

	static final class FailureAtExit {

		private FailureAtExit() {
		}

		public static void main(String[] args) {
			WeakCleaner cleaner = WeakCleaner.builder().threadName("exit-test").build();
			Object referent = new Object();
			Finalizer.register(referent, () -> {
				throw new ArithmeticException("on purpose, own");
			}, cleaner);
			Finalizer.register(referent, () -> {
				throw new IllegalStateException("on purpose, shared");
			});
			end(System.getProperty("ending"));
		}

	}

	static final class ExitAfterClose {

		private ExitAfterClose() {
		}

		public static void main(String[] args) {
			WeakCleaner cleaner = WeakCleaner.builder().threadName("exit-test").build();
			Object referent = new Object();
			print(referent, "shared", WeakCleaner.shared());
			print(referent, "own", cleaner);
			System.out.println("closing");
			cleaner.close();
			System.out.println("closed");
		}

	}

	static final class ExitOfAnOwner {

		private ExitOfAnOwner() {
		}

		public static void main(String[] args) {
			WeakCleaner cleaner = WeakCleaner.builder().threadName("exit-test").build();
			cleaner.runFinalizersOnCloseOnly();
			WeakCleaner.shared().runFinalizersOnCloseOnly();
			CountDownLatch shared = new CountDownLatch(1);
			Object referent = new Object();
			Finalizer.register(referent, () -> {
				System.out.println("shared");
				Thread exit = Thread.currentThread();
				owner(exit, cleaner, shared).start();
				shared.countDown();
			});
			print(referent, "owned", cleaner);
			Runtime.getRuntime().addShutdownHook(new Thread(() -> {
				try {
					shared.await();
					closed.await();
				}
				catch (InterruptedException ex) {
					Thread.currentThread().interrupt();
				}
			}));
			System.exit(0);
		}

		private static final CountDownLatch closed = new CountDownLatch(1);

		/** Closes the cleaner after the exit thread has ended. */
		private static Thread owner(Thread exit, WeakCleaner cleaner, CountDownLatch shared) {
			Thread thread = new Thread(() -> {
				try {
					shared.await();
					exit.join();
				}
				catch (InterruptedException ex) {
					return;
				}
				System.out.println("owner closes");
				cleaner.close();
				closed.countDown();
			});
			thread.setDaemon(true);
			return thread;
		}

	}

	static final class NoFinalizerLeft {

		private NoFinalizerLeft() {
		}

		public static void main(String[] args) throws Exception {
			WeakCleaner cleaner = WeakCleaner.builder().threadName("exit-test").build();
			print(new Object(), "unexpected", cleaner).setAtExit(false);
			cleaner.close();
			Field hook = ShutdownHook.class.getDeclaredField("hook");
			hook.setAccessible(true);
			System.out.println((hook.get(null) != null) ? "a hook" : "no hook");
		}

	}

	private static void end(String ending) {
		switch (ending) {
			case "System.exit" -> System.exit(0);
			case "SIGTERM" -> ForkedJvm.terminate();
			case "end of main" -> {
			}
			default -> throw new IllegalArgumentException(ending);
		}
	}

	private static Finalizer<Void> print(Object referent, String line, WeakCleaner cleaner) {
		return Finalizer.register(referent, () -> System.out.println(line), cleaner);
	}

}
