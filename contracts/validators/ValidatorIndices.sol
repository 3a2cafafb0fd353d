// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ValidatorLedger} from "./ValidatorLedger.sol";

/// @title ValidatorIndices
/// @dev Which beacon indices count in reports, 256 to a word, *because* a report of many validators must not read a
/// slot for each of them.
abstract contract ValidatorIndices is ValidatorLedger {
    struct Word {
        uint256 accounted;
        uint256 special;
    }

    mapping(uint256 word => Word) internal _words;
    mapping(uint64 validatorIndex => bytes32) internal _validatorIds;

    /// @dev Special as well: an older report that is open must not take it for one of its own.
    function _account(uint64 validatorIndex, bytes32 validatorId) internal {
        (Word storage word, uint256 mask) = _locate(validatorIndex);
        word.accounted |= mask;
        word.special |= mask;
        _validatorIds[validatorIndex] = validatorId;
        _totals.accountedCount++;
    }

    function _forget(uint64 validatorIndex) internal {
        (Word storage word, uint256 mask) = _locate(validatorIndex);
        word.accounted &= ~mask;
        word.special &= ~mask;
        delete _validatorIds[validatorIndex];
        _totals.accountedCount--;
    }

    function _markSpecial(uint64 validatorIndex) internal {
        (Word storage word, uint256 mask) = _locate(validatorIndex);
        word.special |= mask;
    }

    function _unmarkSpecial(uint64 validatorIndex) internal {
        (Word storage word, uint256 mask) = _locate(validatorIndex);
        word.special &= ~mask;
    }

    function _locate(uint64 validatorIndex) private view returns (Word storage word, uint256 mask) {
        word = _words[validatorIndex / 256];
        mask = 1 << (validatorIndex % 256);
    }
}
