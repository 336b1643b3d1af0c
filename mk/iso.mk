# The boot CD: GRUB, the kernel, and every file of $(BUILD)/modules as a boot module. Whoever makes
# a module adds it to MODULES. The image is small (only the parts of GRUB that grub.cfg uses) and
# reproducible: the same inputs give the same bytes.

MODULES ?=
ISO_EPOCH  := 946684800
ISO_DATE   := 2000010100000000
GRUB_PARTS := multiboot2 normal serial terminfo iso9660 biosdisk terminal smbios regexp test boot

# $(call make-iso,WORDS): the CD $@, whose kernel gets WORDS and whatever the launcher hands over.
define make-iso
	@rm -rf $@.d
	@mkdir -p $@.d/boot/grub $@.d/modules $(BUILD)/modules
	@cp $(OUT)/tokos.elf $@.d/boot/tokos.elf
	@sed 's,^multiboot2 /boot/tokos.elf,& $(1),' iso/grub.cfg > $@.d/boot/grub/grub.cfg
	@cp -R $(BUILD)/modules/. $@.d/modules
	@find $@.d -exec touch -d @$(ISO_EPOCH) {} +
	$(call say,ISO,$@)SOURCE_DATE_EPOCH=$(ISO_EPOCH) grub-mkrescue -d /usr/lib/grub/i386-pc \
	    --install-modules="$(GRUB_PARTS)" --fonts= --themes= --locales= -o $@ $@.d \
	    -- -volume_date all_file_dates =$(ISO_EPOCH) -volume_date uuid $(ISO_DATE) \
	    > $@.log 2>&1 || { cat $@.log; exit 1; }
endef

ISO_NEEDS := $(OUT)/tokos.elf iso/grub.cfg mk/iso.mk $(MODULES)

$(OUT)/tokos.iso: $(ISO_NEEDS) | tools-ready
	$(call make-iso,)

# The same with the word that a machine without the launcher cannot be given: for Bochs.
$(OUT)/selftest.iso: $(ISO_NEEDS) | tools-ready
	$(call make-iso,selftest)

.PHONY: iso
iso: $(OUT)/tokos.iso ## build the boot CD, build/tokos.iso
