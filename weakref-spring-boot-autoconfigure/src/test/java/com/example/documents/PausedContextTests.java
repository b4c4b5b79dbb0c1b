package com.example.documents;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import io.weakref.GarbageCollection;
import io.weakref.cleaner.WeakCleaner;
import io.weakref.collection.WeakSet;
import io.weakref.context.WeakCacheRegistry;
import io.weakref.reference.WeakRef;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextPausedEvent;
import org.springframework.test.annotation.DirtiesContext.HierarchyMode;
import org.springframework.test.context.TestContextManager;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests weak caches in contexts that the test framework caches, and pauses while another
 * test runs.
 */
@Tag("slow")
class PausedContextTests {

	@AfterEach
	void closeContexts() {
		for (Class<?> test : List.of(First.class, Other.class)) {
			new TestContextManager(test).getTestContext().markApplicationContextDirty(HierarchyMode.EXHAUSTIVE);
		}
	}

	@Test
	void cachesOfAPausedContextArePurgedAndServeTheNextTest() throws Exception {
		ApplicationContext first = useIn(First.class);
		WeakCacheRegistry registry = first.getBean(WeakCacheRegistry.class);
		ApplicationContext other = useIn(Other.class);
		assertThat(other).isNotSameAs(first);
		assertThat(first.getBean(Pauses.class).count()).isEqualTo(1);
		assertWorks(first);
		assertThat(useIn(Second.class)).isSameAs(first);
		assertThat(first.getBean(WeakCacheRegistry.class)).isSameAs(registry);
		assertWorks(first);
		assertWorks(other);
	}

	private static ApplicationContext useIn(Class<?> test) throws Exception {
		TestContextManager manager = new TestContextManager(test);
		manager.beforeTestClass();
		manager.prepareTestInstance(test.getDeclaredConstructor().newInstance());
		ApplicationContext context = manager.getTestContext().getApplicationContext();
		assertWorks(context);
		manager.afterTestClass();
		return context;
	}

	private static void assertWorks(ApplicationContext context) {
		WeakSet<Object> set = context.getBean(WeakCacheRegistry.class).set("recent");
		set.add(new Document("dropped"));
		GarbageCollection.until(() -> set.size() == 0);
		AtomicInteger calls = new AtomicInteger();
		WeakRef<Object> reference = WeakRef.of(new Object(), (ref) -> calls.incrementAndGet(),
				context.getBean(WeakCleaner.class));
		GarbageCollection.until(() -> calls.get() == 1);
		assertThat(reference.get()).isNull();
	}

	static class Pauses implements ApplicationListener<ContextPausedEvent> {

		private final AtomicInteger count = new AtomicInteger();

		int count() {
			return this.count.get();
		}

		@Override
		public void onApplicationEvent(ContextPausedEvent event) {
			this.count.incrementAndGet();
		}

	}

	@SpringBootTest(webEnvironment = WebEnvironment.NONE, classes = { DocumentsApplication.class, Pauses.class },
			properties = "spring.config.location=classpath:/com/example/documents/")
	static class First {

	}

	@SpringBootTest(webEnvironment = WebEnvironment.NONE, classes = { DocumentsApplication.class, Pauses.class },
			properties = "spring.config.location=classpath:/com/example/documents/")
	static class Second {

	}

	@SpringBootTest(webEnvironment = WebEnvironment.NONE, classes = { DocumentsApplication.class, Pauses.class },
			properties = { "spring.config.location=classpath:/com/example/documents/",
					"weakref.caches.OpenDocuments.record-stats=false" })
	static class Other {

	}

}
