// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Gwei} from "../libraries/Units.sol";

/// @notice What was sent to a validator.
/// @param sentGwei Sum of all deposits.
/// @param topUpGwei The top-up in flight, 0 for none.
/// @param storedGwei Balance proven in the transaction of that top-up.
/// @param reportNumber `REPORT.number()` at that top-up, or that of the report which settled the last one.
/// @param extraStakes Consolidations into the validator for which its set was given stake.
struct Deposits {
    Gwei sentGwei;
    Gwei topUpGwei;
    Gwei storedGwei;
    uint32 reportNumber;
    uint16 extraStakes;
}

/// @title Deposits in one word
/// @dev By hand, *because* the word has another use before the predeposit (the root that guards it): as a slot of its
/// own it would cost each key 20,000 gas more.
library DepositWord {
    function pack(Deposits memory deposits) internal pure returns (bytes32) {
        uint256 word = Gwei.unwrap(deposits.sentGwei);
        word |= uint256(Gwei.unwrap(deposits.topUpGwei)) << 64;
        word |= uint256(Gwei.unwrap(deposits.storedGwei)) << 128;
        word |= uint256(deposits.reportNumber) << 192;
        word |= uint256(deposits.extraStakes) << 224;
        return bytes32(word);
    }

    function unpack(bytes32 packed) internal pure returns (Deposits memory deposits) {
        uint256 word = uint256(packed);
        deposits.sentGwei = Gwei.wrap(uint64(word));
        deposits.topUpGwei = Gwei.wrap(uint64(word >> 64));
        deposits.storedGwei = Gwei.wrap(uint64(word >> 128));
        deposits.reportNumber = uint32(word >> 192);
        deposits.extraStakes = uint16(word >> 224);
    }
}
