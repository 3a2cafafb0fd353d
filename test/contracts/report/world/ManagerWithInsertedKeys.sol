// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {DepositData} from "../../../../contracts/libraries/DepositData.sol";
import {SSZ} from "../../../../contracts/libraries/SSZ.sol";
import {toGwei} from "../../../../contracts/libraries/Units.sol";
import {ValidatorManager} from "../../../../contracts/validators/ValidatorManager.sol";
import {Wiring} from "../../../../contracts/interfaces/Wiring.sol";

/// @dev The real one but for these doors: a key is verified without a ceremony and without a request, and indices count
/// without a key.
contract ManagerWithInsertedKeys is ValidatorManager {
    constructor(
        Wiring memory w,
        Parameters memory p,
        address ceremonies,
        address endings
    ) ValidatorManager(w, p, ceremonies, endings) {}

    function insertVerifiedKey(uint32 setId, bytes calldata pubkey, bytes calldata signature) external {
        ValidatorRecord storage record = _validators[SSZ.pubkeyRoot(pubkey)];
        record.state = ValidatorState.KeyVerified;
        record.setId = setId;
        record.since = uint40(block.timestamp);
        record.word = DepositData.root(pubkey, withdrawalCredentials, toGwei(PREDEPOSIT_WEI), signature);
        _setRecords[setId].pendingKeyCount++;
        _setRecords[setId].liveKeyCount++;
        _commit(TARGET_BALANCE_WEI);
    }

    /// @dev As validators that were active for long: nothing about them is special.
    function insertAccounted(uint64 firstIndex, uint64 count) external {
        for (uint64 index = firstIndex; index < firstIndex + count; index++) {
            _account(index, bytes32(uint256(index)));
            _unmarkSpecial(index);
            _countDeposited();
        }
    }
}
