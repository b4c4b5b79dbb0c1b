package io.weakref.autoconfigure;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.weakref.GarbageCollection;
import io.weakref.collection.WeakSet;
import io.weakref.context.NeverShrinksWarning;
import io.weakref.context.WeakCacheRegistry;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests the warning about a cache that never shrinks, in an application.
 */
@ExtendWith(OutputCaptureExtension.class)
@Tag("slow")
class NeverShrinksWarningConfigurationTests {

	private static final String WARNING = "Weak cache 'viewers' never shrinks: it has 1000 entries";

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(WeakrefAutoConfiguration.class))
		.withPropertyValues("weakref.caches.viewers.kind=set");

	@Test
	void cacheWhoseEntriesAllStayIsWarnedAboutOnceEvenWithLazyBeansAndAnotherCleaner(CapturedOutput output) {
		WeakSet<Object> adopted = WeakSet.builder().build();
		this.runner
			.withInitializer(
					(context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
			.run((context) -> {
				WeakCacheRegistry registry = context.getBean(WeakCacheRegistry.class);
				WeakSet<Object> viewers = registry.set("viewers");
				registry.register("adopted", adopted);
				Object[] held = held();
				Stream.of(held).forEach(viewers::add);
				Stream.of(held).forEach(adopted::add);
				GarbageCollection.until(() -> viewers.ages().neverShrinks() && adopted.ages().neverShrinks());
				GarbageCollection.await(() -> output.toString().contains(WARNING)
						&& output.toString().contains("Weak cache 'adopted' never shrinks"));
				int age = viewers.ages().outlived20();
				GarbageCollection.until(() -> viewers.ages().outlived20() > age);
				assertThat(output.toString().split(WARNING)).hasSize(2);
				assertThat(viewers).contains(held);
			});
	}

	@Test
	void propertyDisablesTheWarning() {
		this.runner.run((context) -> assertThat(context).hasSingleBean(NeverShrinksWarning.class));
		this.runner.withPropertyValues("weakref.never-shrinks-warning=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(NeverShrinksWarning.class));
	}

	@Test
	void warningOfAClosedContextIsNotRetained() {
		List<WeakReference<NeverShrinksWarning>> warnings = new ArrayList<>();
		this.runner.run((context) -> warnings.add(new WeakReference<>(context.getBean(NeverShrinksWarning.class))));
		assertThat(warnings).hasSize(1);
		GarbageCollection.until(() -> warnings.get(0).refersTo(null));
	}

	private static Object[] held() {
		return IntStream.range(0, 1000).mapToObj((i) -> new Object()).toArray();
	}

}
