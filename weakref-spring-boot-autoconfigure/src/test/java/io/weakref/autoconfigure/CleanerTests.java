package io.weakref.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

import io.weakref.GarbageCollection;
import io.weakref.cleaner.CallbackErrorHandler;
import io.weakref.cleaner.CleanerInternals;
import io.weakref.cleaner.WeakCleaner;
import io.weakref.collection.WeakSet;
import io.weakref.context.CallbackExecutor;
import io.weakref.context.WeakCacheRegistry;
import io.weakref.context.WeakCleanerLifecycle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the cleaner, its executor and their lifecycle.
 */
@ExtendWith(OutputCaptureExtension.class)
class CleanerTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(WeakrefAutoConfiguration.class))
		.withPropertyValues("weakref.cleaner.thread-name=cleaner-tests");

	@Test
	void drainThreadIsADaemonWithTheGivenNameAndWithoutAContextClassLoader() {
		this.contextRunner.run((context) -> {
			WeakCleaner cleaner = context.getBean("weakCleaner", WeakCleaner.class);
			assertThat(cleaner.name()).isEqualTo("cleaner-tests");
			assertThat(threads("cleaner-tests")).singleElement().satisfies((thread) -> {
				assertThat(thread.isDaemon()).isTrue();
				assertThat(thread.getContextClassLoader()).isNull();
			});
		});
		assertThat(threads("cleaner-tests")).isEmpty();
	}

	@Test
	void callbacksRunOnTheirOwnThreadsWithTheClassLoaderOfTheApplication() {
		this.contextRunner.run((context) -> {
			CompletableFuture<Thread> ranOn = new CompletableFuture<>();
			CompletableFuture<ClassLoader> classLoader = new CompletableFuture<>();
			CleanerInternals.dispatch(context.getBean(WeakCleaner.class), "test", () -> {
				classLoader.complete(Thread.currentThread().getContextClassLoader());
				ranOn.complete(Thread.currentThread());
			});
			Thread thread = ranOn.get(30, TimeUnit.SECONDS);
			assertThat(thread.getName()).startsWith("weakref-callback-");
			assertThat(thread.isDaemon()).isTrue();
			assertThat(classLoader.get()).isSameAs(Thread.currentThread().getContextClassLoader());
		});
		GarbageCollection.await(() -> threads("weakref-callback-").isEmpty());
	}

	@Test
	void callbacksRunConcurrentlyOnAllThreads() {
		this.contextRunner.withPropertyValues("weakref.cleaner.callback-threads=3").run((context) -> {
			WeakCleaner cleaner = context.getBean(WeakCleaner.class);
			CountDownLatch all = new CountDownLatch(3);
			for (int i = 0; i < 3; i++) {
				CleanerInternals.dispatch(cleaner, "test", () -> {
					all.countDown();
					await(all);
				});
			}
			assertThat(all.await(30, TimeUnit.SECONDS)).isTrue();
		});
	}

	@Test
	@EnabledForJreRange(max = JRE.JAVA_20)
	void missingVirtualThreadsAreLoggedInOneLine(CapturedOutput output) {
		this.contextRunner.withPropertyValues("weakref.cleaner.virtual-threads=true").run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(output).contains("weakref.cleaner.virtual-threads has no effect: Java "
					+ Runtime.version().feature() + " has no virtual threads, so callbacks run on platform threads");
			assertThat(output).doesNotContain("UnsupportedOperationException");
		});
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void callbacksRunOnVirtualThreadsIfTheJvmHasThem() {
		this.contextRunner.withPropertyValues("weakref.cleaner.virtual-threads=true").run((context) -> {
			CompletableFuture<Thread> ranOn = new CompletableFuture<>();
			CountDownLatch looked = new CountDownLatch(1);
			CleanerInternals.dispatch(context.getBean(WeakCleaner.class), "test", () -> {
				ranOn.complete(Thread.currentThread());
				await(looked);
			});
			Thread thread = ranOn.get(30, TimeUnit.SECONDS);
			assertThat(thread.getName()).startsWith("weakref-callback-");
			// A platform thread would be among these while it runs
			assertThat(Thread.getAllStackTraces()).doesNotContainKey(thread);
			looked.countDown();
		});
	}

	@Test
	void userCleanerIsUsedUnchanged() {
		WeakCleaner mine = WeakCleaner.builder().threadName("mine").build();
		this.contextRunner.withBean("myCleaner", WeakCleaner.class, () -> mine).run((context) -> {
			assertThat(context).hasSingleBean(WeakCleaner.class);
			assertThat(context).doesNotHaveBean("weakrefCleanerExecutor").doesNotHaveBean(WeakCleanerLifecycle.class);
			assertThat(threads("cleaner-tests")).isEmpty();
			assertRemovesDead(context.getBean(WeakCacheRegistry.class).set("a"), mine);
		});
	}

	@Test
	void userExecutorIsUsedAndLeftAlone() {
		List<Runnable> tasks = new CopyOnWriteArrayList<>();
		this.contextRunner.withBean("weakrefCleanerExecutor", Executor.class, () -> tasks::add).run((context) -> {
			assertThat(context).doesNotHaveBean(CallbackExecutor.class);
			CleanerInternals.dispatch(context.getBean(WeakCleaner.class), "test", () -> {
			});
			assertThat(tasks).hasSize(1);
		});
	}

	@Test
	void errorHandlerBeanIsCalled() {
		AtomicReference<Throwable> told = new AtomicReference<>();
		this.contextRunner.withBean(CallbackErrorHandler.class, () -> (source, error) -> told.set(error))
			.run((context) -> {
				WeakCleaner cleaner = context.getBean(WeakCleaner.class);
				IllegalStateException failure = new IllegalStateException("on purpose");
				CleanerInternals.dispatch(cleaner, "test", () -> {
					throw failure;
				});
				GarbageCollection.await(() -> told.get() == failure);
				assertThat(cleaner.stats().callbackErrors()).isEqualTo(1);
			});
	}

	@Test
	void cleanerStopsAfterTheLifecycleBeansOfTheApplicationAndBeforeBeansAreDestroyed() {
		List<String> order = new CopyOnWriteArrayList<>();
		this.contextRunner.withBean("order", List.class, () -> order)
			.withBean(Late.class)
			.run((context) -> assertThat(context).hasSingleBean(Late.class));
		assertThat(order).containsExactly("started while the cleaner was running: true",
				"stopped while the cleaner was alive: true", "callback",
				"destroyed while the cleaner was alive: false");
	}

	@Test
	void purgingAndCallbacksContinueWhileStoppedAndAfterARestart() {
		this.contextRunner.run((context) -> {
			ConfigurableApplicationContext source = context.getSourceApplicationContext();
			WeakCleaner cleaner = context.getBean(WeakCleaner.class);
			WeakSet<Object> set = context.getBean(WeakCacheRegistry.class).set("a");
			source.stop();
			assertThat(cleaner.isAlive()).isTrue();
			assertRemovesDead(set, cleaner);
			assertRunsCallbacks(cleaner);
			source.start();
			assertRemovesDead(set, cleaner);
			assertRunsCallbacks(cleaner);
			source.pause();
			assertRunsCallbacks(cleaner);
			source.restart();
			assertRemovesDead(set, cleaner);
			assertRunsCallbacks(cleaner);
		});
		assertThat(threads("cleaner-tests")).isEmpty();
	}

	@Test
	void queuedCallbacksAreRunBeforeTheContextIsClosed() {
		AtomicBoolean ran = new AtomicBoolean();
		this.contextRunner.run((context) -> {
			WeakCleaner cleaner = context.getBean(WeakCleaner.class);
			CallbackExecutor executor = context.getBean(CallbackExecutor.class);
			CleanerInternals.dispatch(cleaner, "runs until the end has begun",
					() -> GarbageCollection.await(executor::isShutdown));
			CleanerInternals.dispatch(cleaner, "queued", () -> ran.set(true));
		});
		assertThat(ran).isTrue();
	}

	@Test
	void stuckCallbackIsInterruptedAfterTheTimeoutAndReported(CapturedOutput output) {
		CountDownLatch never = new CountDownLatch(1);
		CountDownLatch running = new CountDownLatch(1);
		AtomicBoolean interrupted = new AtomicBoolean();
		AtomicBoolean ran = new AtomicBoolean();
		this.contextRunner.withPropertyValues("weakref.cleaner.shutdown-timeout=50ms").run((context) -> {
			WeakCleaner cleaner = context.getBean(WeakCleaner.class);
			CleanerInternals.dispatch(cleaner, "stuck", () -> {
				running.countDown();
				try {
					never.await();
				}
				catch (InterruptedException ex) {
					interrupted.set(true);
				}
			});
			CleanerInternals.dispatch(cleaner, "queued", () -> ran.set(true));
			assertThat(running.await(30, TimeUnit.SECONDS)).isTrue();
		});
		GarbageCollection.await(interrupted::get);
		assertThat(ran).isFalse();
		assertThat(output).contains("Callbacks did not end within 50ms (weakref.cleaner.shutdown-timeout): "
				+ "1 were interrupted, 1 never ran");
	}

	@Test
	void callbackThatIgnoresInterruptsIsWaitedForAndReportedOnce(CapturedOutput output) {
		CountDownLatch running = new CountDownLatch(1);
		AtomicBoolean release = new AtomicBoolean();
		AtomicLong closing = new AtomicLong();
		this.contextRunner.withPropertyValues("weakref.cleaner.shutdown-timeout=1s").run((context) -> {
			CleanerInternals.dispatch(context.getBean(WeakCleaner.class), "stuck", () -> {
				running.countDown();
				while (!release.get()) {
					Thread.onSpinWait();
				}
			});
			assertThat(running.await(30, TimeUnit.SECONDS)).isTrue();
			closing.set(System.nanoTime());
		});
		Duration took = Duration.ofNanos(System.nanoTime() - closing.get());
		release.set(true);
		assertThat(took).isBetween(Duration.ofMillis(900), Duration.ofMillis(1900));
		assertThat(output.toString().split("Callbacks did not end within")).hasSize(2);
	}

	@Test
	void callbackThatClosesItsContextDoesNotWaitForItself(CapturedOutput output) {
		CompletableFuture<Duration> took = new CompletableFuture<>();
		this.contextRunner.withPropertyValues("weakref.cleaner.shutdown-timeout=20s").run((context) -> {
			CleanerInternals.dispatch(context.getBean(WeakCleaner.class), "closing", () -> {
				long start = System.nanoTime();
				context.getSourceApplicationContext().close();
				took.complete(Duration.ofNanos(System.nanoTime() - start));
			});
			assertThat(took.get(30, TimeUnit.SECONDS)).isLessThan(Duration.ofSeconds(10));
		});
		assertThat(output).doesNotContain("Callbacks did not end");
	}

	@Test
	void callbackAfterTheEndIsReportedToTheErrorHandler() {
		AtomicReference<Throwable> told = new AtomicReference<>();
		CompletableFuture<WeakCleaner> cleaner = new CompletableFuture<>();
		this.contextRunner.withBean(CallbackErrorHandler.class, () -> (source, error) -> told.set(error))
			.run((context) -> cleaner.complete(context.getBean(WeakCleaner.class)));
		CleanerInternals.dispatch(cleaner.join(), "late", () -> {
		});
		assertThat(told.get()).isInstanceOf(RejectedExecutionException.class);
	}

	@Test
	void contextThatFailsToStartLeavesNoThread() {
		this.contextRunner.withBean("fails", Object.class, () -> {
			throw new IllegalStateException("on purpose");
		}).run((context) -> assertThat(context).hasFailed());
		assertThat(threads("cleaner-tests")).isEmpty();
	}

	private static void assertRemovesDead(WeakSet<Object> set, WeakCleaner cleaner) {
		long purged = cleaner.stats().purged();
		set.add(new Object());
		GarbageCollection.until(() -> cleaner.stats().purged() > purged);
		assertThat(set).isEmpty();
	}

	private static void assertRunsCallbacks(WeakCleaner cleaner) {
		AtomicBoolean ran = new AtomicBoolean();
		CleanerInternals.dispatch(cleaner, "test", () -> ran.set(true));
		GarbageCollection.await(ran::get);
	}

	private static void await(CountDownLatch latch) {
		try {
			assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private static List<Thread> threads(String prefix) {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().startsWith(prefix))
			.toList();
	}

	/**
	 * Stops in phase 0 and leaves a queued callback behind.
	 */
	static class Late implements SmartLifecycle, DisposableBean {

		private final List<String> order;

		private final WeakCleaner cleaner;

		private final WeakCleanerLifecycle cleanerLifecycle;

		private boolean running;

		Late(List<String> order, WeakCleaner cleaner, WeakCleanerLifecycle cleanerLifecycle) {
			this.order = order;
			this.cleaner = cleaner;
			this.cleanerLifecycle = cleanerLifecycle;
		}

		@Override
		public int getPhase() {
			return 0;
		}

		@Override
		public void start() {
			this.running = true;
			this.order.add("started while the cleaner was running: " + this.cleanerLifecycle.isRunning());
		}

		@Override
		public void stop() {
			this.running = false;
			this.order.add("stopped while the cleaner was alive: " + this.cleaner.isAlive());
			CleanerInternals.dispatch(this.cleaner, "late", () -> this.order.add("callback"));
		}

		@Override
		public boolean isRunning() {
			return this.running;
		}

		@Override
		public void destroy() {
			this.order.add("destroyed while the cleaner was alive: " + this.cleaner.isAlive());
		}

	}

}
