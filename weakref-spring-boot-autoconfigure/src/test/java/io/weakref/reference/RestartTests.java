package io.weakref.reference;

import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

import io.weakref.ForkedJvm;
import io.weakref.GarbageCollection;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that a restarted application leaves neither threads nor classes behind.
 */
@Tag("slow")
class RestartTests {

	@Test
	void twentyRestartsOfAnApplicationLeaveNoClassLoaderBehind() {
		assertThat(ForkedJvm.run(Restarts.class)).containsExactly("20 restarts ran [second, first]",
				"class loaders left: 0", "threads left: [weakref-cleaner]");
	}

	@Test
	void twentyRedeploymentsWithThisLibraryLeaveNoClassLoaderBehind() {
		assertThat(ForkedJvm.run(Redeployments.class)).containsExactly("20 restarts ran [second, first]",
				"class loaders left: 0", "threads left: []");
	}

	@Test
	void twentyRedeploymentsThatUsedTheSharedCleanerLeaveNoClassLoaderBehind() {
		assertThat(ForkedJvm.run(RedeploymentsWithShared.class)).containsExactly("20 restarts ran [second, first]",
				"class loaders left: 0", "threads left: [weakref-cleaner]");
	}

	/** Restarts as devtools does: the library stays, the application is loaded again. */
	static final class Restarts {

		private Restarts() {
		}

		public static void main(String[] args) throws Exception {
			run(RestartedApplication.class.getName(), true);
		}

	}

	/**
	 * Restarts as a servlet container does: the library is loaded and unloaded with the
	 * application.
	 */
	static final class Redeployments {

		private Redeployments() {
		}

		public static void main(String[] args) throws Exception {
			run("io.weakref.", false);
		}

	}

	/**
	 * Like the above, and uses the shared cleaner. The thread that is left is that of the
	 * outer library, see {@code immortal}.
	 */
	static final class RedeploymentsWithShared {

		private RedeploymentsWithShared() {
		}

		public static void main(String[] args) throws Exception {
			run("io.weakref.", true);
		}

	}

	private static void run(String loadedAnew, boolean useShared) throws Exception {
		// The hook for this finalizer is created while the application is on the stack,
		// and stays.
		Runnable immortal = () -> Finalizer.register(loadedAnew, RestartTests::nothing);
		List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
		for (int i = 1; i <= 20; i++) {
			List<String> ran = restart(loadedAnew, immortal, useShared, loaders);
			if (i == 20) {
				System.out.println(i + " restarts ran " + ran);
			}
		}
		try {
			GarbageCollection.until(() -> loaders.stream().allMatch((loader) -> loader.refersTo(null)));
		}
		catch (RuntimeException ex) {
			// The next line of the output shows it.
		}
		System.out
			.println("class loaders left: " + loaders.stream().filter((loader) -> !loader.refersTo(null)).count());
		GarbageCollection.await(() -> threads().size() <= (useShared ? 1 : 0));
		System.out.println("threads left: " + threads());
		assertThat(immortal).isNotNull();
		System.exit(0);
	}

	private static void nothing() {
	}

	private static List<String> threads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.map(Thread::getName)
			.filter((name) -> name.contains("cleaner"))
			.toList();
	}

	@SuppressWarnings("unchecked")
	private static List<String> restart(String loadedAnew, Runnable immortal, boolean useShared,
			List<WeakReference<ClassLoader>> loaders) throws Exception {
		try (ApplicationLoader loader = new ApplicationLoader(loadedAnew)) {
			loaders.add(new WeakReference<>(loader));
			Callable<List<String>> application = (Callable<List<String>>) loader
				.loadClass(RestartedApplication.class.getName())
				.getConstructor(Runnable.class, boolean.class)
				.newInstance(immortal, useShared);
			Thread.currentThread().setContextClassLoader(loader);
			return application.call();
		}
		finally {
			Thread.currentThread().setContextClassLoader(RestartTests.class.getClassLoader());
		}
	}

	private static final class ApplicationLoader extends URLClassLoader {

		private final String loadedAnew;

		ApplicationLoader(String loadedAnew) {
			super(classPath(), RestartTests.class.getClassLoader());
			this.loadedAnew = loadedAnew;
		}

		private static URL[] classPath() {
			return new URL[] { RestartTests.class.getProtectionDomain().getCodeSource().getLocation(),
					WeakRef.class.getProtectionDomain().getCodeSource().getLocation() };
		}

		@Override
		protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
			synchronized (getClassLoadingLock(name)) {
				Class<?> loaded = findLoadedClass(name);
				if (loaded != null) {
					return loaded;
				}
				return name.startsWith(this.loadedAnew) ? findClass(name) : super.loadClass(name, resolve);
			}
		}

	}

}
