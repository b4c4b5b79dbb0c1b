package io.weakref.context;

import java.util.Set;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.beans.factory.aot.BeanFactoryInitializationAotContribution;
import org.springframework.beans.factory.aot.BeanFactoryInitializationAotProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * Registers the classes that declarations name, so that a native image can find them.
 */
class DeclaredTypesAotProcessor implements BeanFactoryInitializationAotProcessor {

	@Override
	public @Nullable BeanFactoryInitializationAotContribution processAheadOfTime(
			ConfigurableListableBeanFactory beanFactory) {
		Set<Class<?>> types = beanFactory.getBeanProvider(WeakCacheBeanRegistrar.class)
			.stream()
			.flatMap((registrar) -> registrar.types().stream())
			.collect(Collectors.toSet());
		return types.isEmpty() ? null
				: (context, code) -> types.forEach((type) -> registerType(context.getRuntimeHints(), type));
	}

	private static void registerType(RuntimeHints hints, Class<?> type) {
		hints.reflection().registerType(type);
		if (type.isArray()) {
			registerType(hints, type.componentType());
		}
	}

}
