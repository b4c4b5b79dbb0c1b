package io.weakref.autoconfigure;

import java.util.Objects;

import io.weakref.autoconfigure.InvalidWeakrefPropertiesException.Problem;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * The condition of {@link ConditionalOnSwitch @ConditionalOnSwitch}.
 */
class OnSwitchCondition extends SpringBootCondition {

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		MergedAnnotation<ConditionalOnSwitch> annotation = metadata.getAnnotations().get(ConditionalOnSwitch.class);
		String name = annotation.getString(MergedAnnotation.VALUE);
		boolean on = isOn(context.getEnvironment(), name, annotation.getBoolean("matchIfMissing"));
		return new ConditionOutcome(on,
				ConditionMessage.forCondition(ConditionalOnSwitch.class).because("%s is %s".formatted(name, on)));
	}

	static boolean isOn(Environment environment, String name, boolean byDefault) {
		try {
			return Binder.get(environment).bind(name, Boolean.class).orElse(byDefault);
		}
		catch (BindException ex) {
			ConfigurationProperty property = Objects.requireNonNull(ex.getProperty());
			Object value = property.getValue();
			String unresolved = ConfiguredProperties.unresolved(value,
					new PropertySourcesPlaceholdersResolver(environment).resolvePlaceholders(value));
			throw new InvalidWeakrefPropertiesException(new Problem(name, value, property.getOrigin(),
					(unresolved != null) ? unresolved : DeclaredCaches.expectedForm(Boolean.class)));
		}
	}

}
